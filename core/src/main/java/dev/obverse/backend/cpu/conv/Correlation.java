package dev.obverse.backend.cpu.conv;

import dev.obverse.backend.ConvSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * A convolution seen from its result: every result pixel is a sum over taps of a source pixel times a matrix of
 * weights. Forward passes and input gradients are both of this kind and share one engine.
 *
 * <p>Result pixel {@code (j,i)} of the lattice lies at row {@code rowStart + j*rowStep} and column {@code columnStart +
 * i*columnStep} of the result image and reads, for each tap, source row {@code j*stepH + tap.row} and column
 * {@code i*stepW + tap.column}; a source pixel outside the image is zero. The input gradient of a strided convolution
 * falls into {@code strideH*strideW} such lattices, each with its own taps.
 *
 * @param rows rows of the lattice
 * @param columns columns of the lattice
 * @param transposed the weight is {@code [tap, result channel, source channel]} instead of {@code [tap, source channel,
 *     result channel]}
 * @param taps ordered by row, then column
 */
public record Correlation(
        int n,
        int sourceH,
        int sourceW,
        int sourceChannels,
        int resultH,
        int resultW,
        int resultChannels,
        int groups,
        int rows,
        int columns,
        int rowStart,
        int rowStep,
        int columnStart,
        int columnStep,
        int stepH,
        int stepW,
        boolean transposed,
        List<Tap> taps) {

    /**
     * One pixel of the kernel.
     *
     * @param row source row of the tap for lattice row 0
     * @param column source column of the tap for lattice column 0
     * @param kernel index {@code ky*kw + kx} of its weights
     */
    public record Tap(int row, int column, int kernel) {}

    /** The forward pass of a convolution. */
    public static Correlation forward(ConvSpec s) {
        var taps = new ArrayList<Tap>();
        for (int ky = 0; ky < s.kh(); ky++) {
            for (int kx = 0; kx < s.kw(); kx++) {
                taps.add(new Tap(ky * s.dilationH() - s.padTop(), kx * s.dilationW() - s.padLeft(), ky * s.kw() + kx));
            }
        }
        return new Correlation(
                s.n(),
                s.h(),
                s.w(),
                s.cin(),
                s.outH(),
                s.outW(),
                s.cout(),
                s.groups(),
                s.outH(),
                s.outW(),
                0,
                1,
                0,
                1,
                s.strideH(),
                s.strideW(),
                false,
                List.copyOf(taps));
    }

    /** The input gradient of a convolution: one lattice per phase of the stride, which together cover the image. */
    public static List<Correlation> inputGradient(ConvSpec s) {
        if (isTiledByColumns(s)) {
            return byRowsOfTheKernel(s);
        }
        var phases = new ArrayList<Correlation>();
        for (int top = 0; top < Math.min(s.strideH(), s.h()); top++) {
            for (int left = 0; left < Math.min(s.strideW(), s.w()); left++) {
                phases.add(phase(s, top, left));
            }
        }
        return phases;
    }

    /** Whether the kernel's columns lie side by side, neither overlapping nor leaving a gap, over the whole image. */
    private static boolean isTiledByColumns(ConvSpec s) {
        return s.kw() > 1
                && s.kw() == s.strideW()
                && s.dilationW() == 1
                && s.padLeft() == 0
                && s.w() == s.outW() * s.kw()
                && s.groups() == 1;
    }

    /**
     * Each result pixel comes from one source pixel of its row, and the pixels that come from the same one are
     * neighbours: a row of the kernel is one correlation whose result pixels are as wide as the kernel.
     */
    private static List<Correlation> byRowsOfTheKernel(ConvSpec s) {
        var wide = new ConvSpec(
                s.n(),
                s.h(),
                s.outW(),
                s.cin() * s.kw(),
                s.cout(),
                s.kh(),
                1,
                s.strideH(),
                1,
                s.padTop(),
                0,
                s.padBottom(),
                0,
                s.dilationH(),
                1,
                1);
        return inputGradient(wide);
    }

    private static Correlation phase(ConvSpec s, int top, int left) {
        var taps = new ArrayList<Tap>();
        // Backwards through the kernel, so that the source offsets ascend.
        for (int ky = s.kh() - 1; ky >= 0; ky--) {
            int row = top + s.padTop() - ky * s.dilationH();
            if (Math.floorMod(row, s.strideH()) != 0) {
                continue;
            }
            for (int kx = s.kw() - 1; kx >= 0; kx--) {
                int column = left + s.padLeft() - kx * s.dilationW();
                if (Math.floorMod(column, s.strideW()) == 0) {
                    taps.add(new Tap(
                            Math.floorDiv(row, s.strideH()), Math.floorDiv(column, s.strideW()), ky * s.kw() + kx));
                }
            }
        }
        return new Correlation(
                s.n(),
                s.outH(),
                s.outW(),
                s.cout(),
                s.h(),
                s.w(),
                s.cin(),
                s.groups(),
                (s.h() - top + s.strideH() - 1) / s.strideH(),
                (s.w() - left + s.strideW() - 1) / s.strideW(),
                top,
                s.strideH(),
                left,
                s.strideW(),
                1,
                1,
                true,
                List.copyOf(taps));
    }

    /** Source channels that a result channel reads. */
    public int groupSource() {
        return sourceChannels / groups;
    }

    /** Result channels of one group. */
    public int groupResult() {
        return resultChannels / groups;
    }

    /** Length of the inner product behind one result value. */
    public int inner() {
        return taps.size() * groupSource();
    }

    /**
     * Index of the weight by which value {@code k} of a result channel's inner product is multiplied; the values run
     * over taps and, within a tap, over the group's source channels.
     */
    public int weight(int k, int channel) {
        int source = groupSource();
        int result = groupResult();
        int kernel = taps.get(k / source).kernel();
        return transposed
                ? (kernel * result + channel % result) * sourceChannels + channel / result * source + k % source
                : (kernel * source + k % source) * resultChannels + channel;
    }

    int firstRow() {
        return taps.stream().mapToInt(Tap::row).min().orElse(0);
    }

    int lastRow() {
        return taps.stream().mapToInt(Tap::row).max().orElse(0);
    }

    int firstColumn() {
        return taps.stream().mapToInt(Tap::column).min().orElse(0);
    }

    int lastColumn() {
        return taps.stream().mapToInt(Tap::column).max().orElse(0);
    }
}
