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

    /** float32 to bfloat16, to the nearest. */
    public void toBf16(int n, long source, long target) {
        convert("to_bf16", n, source, target);
    }

    /** bfloat16 to float32. */
    public void fromBf16(int n, long source, long target) {
        convert("from_bf16", n, source, target);
    }

    private void convert(String kernel, int n, long source, long target) {
        boolean fours = n % 4 == 0;
        int units = fours ? n / 4 : n;
        launcher.begin()
                .with(units)
                .withAddress(source)
                .withAddress(target)
                .overElements(fours ? kernel + "_4" : kernel, units);
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
