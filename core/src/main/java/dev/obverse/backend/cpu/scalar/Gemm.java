package dev.obverse.backend.cpu.scalar;

import dev.obverse.backend.MatmulSpec;
import dev.obverse.backend.cpu.Workers;
import java.util.Arrays;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;

/** Products of dense matrices by EJML's multiply, a block of rows at a time. */
public final class Gemm {
    /** Rows of the result that one piece of work computes. */
    private static final int ROWS = 64;

    private Gemm() {}

    /**
     * {@code c[i] = op(a[i]) op(b[i])} for every product of the batch.
     *
     * @param a {@code [batch,m,k]}, {@code [batch,k,m]} if transposed, without batch if broadcast
     * @param b {@code [batch,k,n]}, {@code [batch,n,k]} if transposed, without batch if broadcast
     * @param c {@code [batch,m,n]}, overwritten
     */
    public static void run(MatmulSpec s, float[] a, float[] b, float[] c) {
        int sizeC = s.m() * s.n();
        if (s.batch() * sizeC == 0) {
            return;
        }
        if (s.k() == 0) {
            Arrays.fill(c, 0, s.batch() * sizeC, 0f);
            return;
        }
        for (int product = 0; product < s.batch(); product++) {
            int ao = s.broadcastA() ? 0 : product * s.m() * s.k();
            int co = product * sizeC;
            var right = right(s, s.broadcastB() ? 0 : product, b);
            Workers.run((s.m() + ROWS - 1) / ROWS, piece -> {
                int row = piece * ROWS;
                int rows = Math.min(ROWS, s.m() - row);
                var left = left(s, a, ao, row, rows);
                var result = new FMatrixRMaj(rows, s.n());
                if (s.transposeB()) {
                    CommonOps_FDRM.multTransB(left, right, result);
                } else {
                    CommonOps_FDRM.mult(left, right, result);
                }
                System.arraycopy(result.data, 0, c, co + row * s.n(), rows * s.n());
            });
        }
    }

    /** The right operand as it is stored; only the first product's can be wrapped without a copy. */
    private static FMatrixRMaj right(MatmulSpec s, int product, float[] b) {
        int size = s.k() * s.n();
        var data = product == 0 ? b : Arrays.copyOfRange(b, product * size, (product + 1) * size);
        return s.transposeB() ? FMatrixRMaj.wrap(s.n(), s.k(), data) : FMatrixRMaj.wrap(s.k(), s.n(), data);
    }

    /** Rows {@code row} up to {@code row + rows} of the left operand, not transposed. */
    private static FMatrixRMaj left(MatmulSpec s, float[] a, int ao, int row, int rows) {
        var left = new FMatrixRMaj(rows, s.k());
        for (int i = 0; i < rows; i++) {
            if (s.transposeA()) {
                for (int k = 0; k < s.k(); k++) {
                    left.data[i * s.k() + k] = a[ao + k * s.m() + row + i];
                }
            } else {
                System.arraycopy(a, ao + (row + i) * s.k(), left.data, i * s.k(), s.k());
            }
        }
        return left;
    }
}
