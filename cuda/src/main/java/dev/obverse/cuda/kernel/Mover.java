package dev.obverse.cuda.kernel;

import dev.obverse.backend.CopySpec;

/** Copies between addresses, {@code move.cu}; within {@link dev.obverse.cuda.device.CudaContext#run}. */
public record Mover(Launcher launcher) {
    /**
     * As {@link dev.obverse.backend.IndexKernels#copy}, four elements at a time where everything is a multiple of 4.
     */
    public void copy(CopySpec spec, long source, long target) {
        int n = spec.length();
        var axes = Axes.of("copy", spec.extents(), spec.sourceStrides(), spec.targetStrides());
        boolean fours = axes.byFours(spec.sourceOffset(), spec.targetOffset());
        int unit = fours ? 4 : 1;
        launcher.begin()
                .with(n / unit)
                .withStruct((fours ? axes.fours() : axes).fields())
                .with(spec.sourceOffset() / unit)
                .with(spec.targetOffset() / unit)
                .withAddress(source)
                .withAddress(target)
                .overElements(fours ? "copy4" : "copy", n / unit);
    }

    /** {@code [rows, columns]} to {@code [columns, rows]}. */
    public void transpose(int rows, int columns, long source, long target) {
        int tiles = ((rows - 1) / 32 + 1) * ((columns - 1) / 32 + 1);
        launcher.begin()
                .with(rows)
                .with(columns)
                .withAddress(source)
                .withAddress(target)
                .launch("transpose", tiles, 1, 32, 8);
    }
}
