package dev.obverse.nn.onnx;

import java.util.List;

/**
 * An input or output of a graph.
 *
 * @param extents as the graph sees them, channels second; -1 where any extent may be given, and an empty list where the
 *     file says nothing of the shape
 */
public record OnnxInput(String name, List<Integer> extents) {
    public OnnxInput {
        extents = List.copyOf(extents);
    }

    @Override
    public String toString() {
        return name + " " + extents.toString().replace("-1", "?");
    }
}
