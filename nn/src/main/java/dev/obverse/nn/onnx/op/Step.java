package dev.obverse.nn.onnx.op;

/** A node, ready to compute. Steps keep no state, so many threads may run one. */
@FunctionalInterface
public interface Step {
    /** The node's outputs, in its order; as many as the node names, or more. */
    Value[] run(Inputs inputs);

    /** A step with one output. */
    @FunctionalInterface
    interface Single {
        Value run(Inputs inputs);
    }

    static Step of(Single single) {
        return inputs -> new Value[] {single.run(inputs)};
    }
}
