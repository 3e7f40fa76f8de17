package dev.obverse.backend.reference;

import static dev.obverse.backend.reference.ReferenceMemory.elements;

import dev.obverse.backend.MatmulKernels;
import dev.obverse.backend.MatmulSpec;
import dev.obverse.backend.Storage;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/** Matrix products by EJML's double multiply, one of the batch after the other. */
final class ReferenceMatmul implements MatmulKernels {
    @Override
    public void matmul(MatmulSpec spec, Storage a, Storage b, Storage c) {
        Arrays.fill(elements(c), 0, spec.batch() * spec.m() * spec.n(), 0);
        matmulAdd(spec, a, b, c);
    }

    @Override
    public void matmulAdd(MatmulSpec spec, Storage a, Storage b, Storage c) {
        int m = spec.m();
        int n = spec.n();
        int k = spec.k();
        var as = elements(a);
        var bs = elements(b);
        var cs = elements(c);
        for (int i = 0; i < spec.batch(); i++) {
            var left = spec.transposeA()
                    ? matrix(as, spec.broadcastA() ? 0 : i, k, m)
                    : matrix(as, spec.broadcastA() ? 0 : i, m, k);
            var right = spec.transposeB()
                    ? matrix(bs, spec.broadcastB() ? 0 : i, n, k)
                    : matrix(bs, spec.broadcastB() ? 0 : i, k, n);
            double[] product = product(spec, left, right).data;
            for (int j = 0; j < m * n; j++) {
                cs[i * m * n + j] += product[j];
            }
        }
    }

    private static DMatrixRMaj matrix(double[] values, int i, int rows, int columns) {
        int size = rows * columns;
        return DMatrixRMaj.wrap(rows, columns, Arrays.copyOfRange(values, i * size, (i + 1) * size));
    }

    private static DMatrixRMaj product(MatmulSpec spec, DMatrixRMaj a, DMatrixRMaj b) {
        var c = new DMatrixRMaj(spec.m(), spec.n());
        if (spec.transposeA() && spec.transposeB()) {
            CommonOps_DDRM.multTransAB(a, b, c);
        } else if (spec.transposeA()) {
            CommonOps_DDRM.multTransA(a, b, c);
        } else if (spec.transposeB()) {
            CommonOps_DDRM.multTransB(a, b, c);
        } else {
            CommonOps_DDRM.mult(a, b, c);
        }
        return c;
    }
}
