package dev.obverse.nn.onnx.op;

/** An operator of ONNX: reads a node's attributes once, and gives what to do in every forward pass. */
@FunctionalInterface
public interface Operator {
    /**
     * Prepares a node.
     *
     * @throws IllegalArgumentException if an attribute is not what this operator can do; the message does not name the
     *     node, its caller does
     */
    Step prepare(Node node);
}
