/** Tensors, automatic differentiation, the contract of a backend and the CPU that fulfils it. */
@SuppressWarnings("module") // nn is compiled after this
module dev.obverse.core {
    requires static jdk.incubator.vector;
    requires static transitive org.jspecify;
    requires ejml.core;
    requires ejml.ddense;

    exports dev.obverse.autograd;
    exports dev.obverse.backend;
    exports dev.obverse.backend.cpu;
    exports dev.obverse.random;
    exports dev.obverse.tensor;
    exports dev.obverse.tensor.op to
            dev.obverse.nn;

    uses dev.obverse.backend.BackendProvider;
}
