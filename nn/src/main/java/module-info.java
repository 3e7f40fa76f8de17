/** Layers, losses, optimisers, data loading and training loops. */
module dev.obverse.nn {
    requires static transitive org.jspecify;
    requires transitive dev.obverse.core;
    requires com.fasterxml.jackson.databind;
    requires com.google.protobuf;
    requires java.desktop;
    requires org.tribuo.util.onnx;

    exports dev.obverse.nn;
    exports dev.obverse.nn.data;
    exports dev.obverse.nn.init;
    exports dev.obverse.nn.layer;
    exports dev.obverse.nn.checkpoint;
    exports dev.obverse.nn.metric;
    exports dev.obverse.nn.log;
    exports dev.obverse.nn.loss;
    exports dev.obverse.nn.onnx;
    exports dev.obverse.nn.optim;
    exports dev.obverse.nn.train;
}
