/** Tensors, automatic differentiation, the contract of a backend and the CPU that fulfils it. */
module dev.obverse.core {
    requires static jdk.incubator.vector;
    requires static org.jspecify;
    requires ejml.core;
    requires ejml.ddense;

    exports dev.obverse.backend;
}
