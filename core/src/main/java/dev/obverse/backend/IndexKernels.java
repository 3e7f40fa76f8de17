package dev.obverse.backend;

/** Moving elements without changing them. */
public interface IndexKernels {
    /** Copies; elements of {@code target} that the spec does not reach keep their value. */
    void copy(CopySpec spec, Storage source, Storage target);

    /** {@code y[o,j,i] = x[o, indices[j], i]} for {@code x [outer, extent, inner]}: PyTorch's {@code index_select}. */
    void indexSelect(ReduceSpec spec, int[] indices, Storage x, Storage y);

    /** Overwrites {@code dx} with zeros, then adds every row of {@code dy} where it came from, in index order. */
    void indexSelectGradient(ReduceSpec spec, int[] indices, Storage dy, Storage dx);

    /** {@code y[o,j,i] = x[o, indices[o,j,i], i]} with {@code count} values of {@code j}: PyTorch's {@code gather}. */
    void gather(ReduceSpec spec, int count, int[] indices, Storage x, Storage y);

    void gatherGradient(ReduceSpec spec, int count, int[] indices, Storage dy, Storage dx);
}
