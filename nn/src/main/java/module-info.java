/** Layers, losses, optimisers, data loading and training loops. */
module dev.obverse.nn {
    requires static org.jspecify;
    requires transitive dev.obverse.core;
    requires transitive com.fasterxml.jackson.databind;

    exports dev.obverse.nn.checkpoint;
    exports dev.obverse.nn.data;
    exports dev.obverse.nn.metric;
}
