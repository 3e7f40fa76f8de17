package dev.obverse.benchmarks.work;

import dev.obverse.nn.Module;

/** Gives a network the weights that all libraries share. */
final class Parameters {
    private Parameters() {}

    static void set(Module network) {
        network.namedParameters()
                .forEach((name, parameter) -> parameter
                        .value()
                        .set(DrnSize.parameter(name, parameter.shape().toArray())));
    }
}
