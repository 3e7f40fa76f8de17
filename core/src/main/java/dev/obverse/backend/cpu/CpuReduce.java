package dev.obverse.backend.cpu;

import static dev.obverse.backend.cpu.CpuStorage.array;

import dev.obverse.backend.ReduceKernels;
import dev.obverse.backend.ReduceSpec;
import dev.obverse.backend.Storage;
import java.util.Arrays;

/**
 * Reductions of {@code [outer, extent, inner]} over the middle axis. Along consecutive elements ({@code inner == 1})
 * and across rows are two problems; either is cut further where there are too few results to keep all threads busy.
 */
final class CpuReduce implements ReduceKernels {
    /** Results cheaper than this are computed here, without a call each. */
    private static final int TINY = 32;

    /** Columns that a piece sums at a time: a few rows of them stay in the first-level cache. */
    private static final int STRIP = 1024;

    /** Rows summed in float before the sum goes on in double. */
    private static final int RUN = 512;

    /** Independent results that keep any number of threads busy without cutting the sums themselves. */
    private static final int MANY = 64;

    private final ReduceLoops loops;

    CpuReduce(ReduceLoops loops) {
        this.loops = loops;
    }

    @Override
    public void sum(ReduceSpec spec, double factor, Storage x, Storage y) {
        var from = array(x);
        var to = array(y);
        int extent = spec.extent();
        if (extent == 0) {
            Arrays.fill(to, 0, spec.outer() * spec.inner(), 0f);
        } else if (extent * (long) spec.inner() < TINY) {
            tinySums(spec, factor, from, to);
        } else if (spec.inner() == 1 && extent <= Pieces.GRAIN) {
            Pieces.overRows(spec.outer(), extent, (start, end) -> {
                for (int o = start; o < end; o++) {
                    to[o] = (float) (factor * loops.sum(from, o * extent, extent));
                }
            });
        } else if (spec.inner() == 1) {
            longSums(spec, factor, from, to);
        } else {
            columnSums(spec, factor, from, to);
        }
    }

    private static void tinySums(ReduceSpec spec, double factor, float[] x, float[] y) {
        int inner = spec.inner();
        int extent = spec.extent();
        Pieces.overRows(spec.outer(), (long) extent * inner, (start, end) -> {
            for (int o = start; o < end; o++) {
                for (int i = 0; i < inner; i++) {
                    double sum = 0;
                    for (int e = 0; e < extent; e++) {
                        sum += x[(o * extent + e) * inner + i];
                    }
                    y[o * inner + i] = (float) (factor * sum);
                }
            }
        });
    }

    private void longSums(ReduceSpec spec, double factor, float[] x, float[] y) {
        int extent = spec.extent();
        int blocks = (extent - 1) / Pieces.GRAIN + 1;
        var partial = new double[spec.outer() * blocks];
        Workers.run(partial.length, p -> {
            int start = p % blocks * Pieces.GRAIN;
            partial[p] = loops.sum(x, p / blocks * extent + start, Math.min(Pieces.GRAIN, extent - start));
        });
        for (int o = 0; o < spec.outer(); o++) {
            double sum = 0;
            for (int block = 0; block < blocks; block++) {
                sum += partial[o * blocks + block];
            }
            y[o] = (float) (factor * sum);
        }
    }

    /** Blocks of rows times strips of columns; where there are several blocks their sums meet in double. */
    private void columnSums(ReduceSpec spec, double factor, float[] x, float[] y) {
        int inner = spec.inner();
        int size = spec.extent() * inner;
        var columns = Columns.of(inner);
        int strip = columns.width() == inner ? Math.min(inner, STRIP) : inner;
        int strips = (inner - 1) / strip + 1;
        int block = (long) spec.outer() * strips >= MANY ? size : Math.min(size, columns.block());
        int blocks = (size - 1) / block + 1;
        var partial = new double[blocks == 1 ? 0 : spec.outer() * blocks * inner];
        Pieces.overRows(spec.outer() * blocks * strips, (long) block / inner * strip, (start, end) -> {
            for (int piece = start; piece < end; piece++) {
                int left = piece % strips * strip;
                int width = Math.min(strip, inner - left);
                int at = piece / strips;
                int first = at % blocks * block;
                int offset = at / blocks * size + first + left;
                var sums = new double[width];
                addBlock(x, offset, Math.min(block, size - first), columns, sums);
                if (blocks > 1) {
                    System.arraycopy(sums, 0, partial, at * inner + left, width);
                } else {
                    for (int j = 0; j < width; j++) {
                        y[at * inner + left + j] = (float) (factor * sums[j]);
                    }
                }
            }
        });
        if (blocks > 1) {
            addBlocks(partial, blocks, factor, spec, y);
        }
    }

    /** Adds the columns of {@code n} elements: all of them, or as many as {@code sums} has from {@code offset} on. */
    private void addBlock(float[] x, int offset, int n, Columns columns, double[] sums) {
        int stride = columns.width();
        var mine = columns.columns() == stride ? new Columns(sums.length, sums.length) : columns;
        var total = new float[mine.width()];
        for (int done = 0; done < n; done += RUN * stride) {
            int count = Math.min(RUN * stride, n - done);
            int rows = count / stride;
            Arrays.fill(total, 0);
            loops.addRows(x, offset + done, stride, rows, total.length, total, 0);
            if (rows * stride < count) {
                loops.addRows(x, offset + done + rows * stride, 0, 1, count - rows * stride, total, 0);
            }
            mine.fold(total, sums, 0);
        }
    }

    private static void addBlocks(double[] partial, int blocks, double factor, ReduceSpec spec, float[] y) {
        int inner = spec.inner();
        Pieces.overRows(spec.outer(), (long) blocks * inner, (start, end) -> {
            for (int o = start; o < end; o++) {
                for (int i = 0; i < inner; i++) {
                    double sum = 0;
                    for (int block = 0; block < blocks; block++) {
                        sum += partial[(o * blocks + block) * inner + i];
                    }
                    y[o * inner + i] = (float) (factor * sum);
                }
            }
        });
    }

    @Override
    public void max(ReduceSpec spec, Storage x, Storage y) {
        var from = array(x);
        var to = array(y);
        int extent = spec.extent();
        int inner = spec.inner();
        if (inner == 1) {
            Pieces.overRows(spec.outer(), extent, (start, end) -> {
                for (int o = start; o < end; o++) {
                    to[o] = loops.max(from, o * extent, extent);
                }
            });
            return;
        }
        int strips = (inner - 1) / STRIP + 1;
        Pieces.overRows(spec.outer() * strips, (long) extent * Math.min(inner, STRIP), (start, end) -> {
            for (int piece = start; piece < end; piece++) {
                int o = piece / strips;
                int left = piece % strips * STRIP;
                int width = Math.min(STRIP, inner - left);
                int target = o * inner + left;
                Arrays.fill(to, target, target + width, Float.NEGATIVE_INFINITY);
                loops.maxRows(from, o * extent * inner + left, inner, extent, width, to, target);
            }
        });
    }

    @Override
    public int[] argmax(ReduceSpec spec, Storage x) {
        var from = array(x);
        int extent = spec.extent();
        int inner = spec.inner();
        var result = new int[spec.outer() * inner];
        Pieces.overRows(spec.outer(), (long) extent * inner, (start, end) -> {
            var best = new float[inner];
            for (int o = start; o < end; o++) {
                int offset = o * extent * inner;
                System.arraycopy(from, offset, best, 0, inner);
                for (int e = 1; e < extent; e++) {
                    for (int i = 0; i < inner; i++) {
                        float v = from[offset + e * inner + i];
                        // PyTorch: a NaN counts as the maximum, and the first one wins.
                        if (v > best[i] || (Float.isNaN(v) && !Float.isNaN(best[i]))) {
                            best[i] = v;
                            result[o * inner + i] = e;
                        }
                    }
                }
            }
        });
        return result;
    }
}
