package dev.obverse.benchmarks.peers;

import dev.obverse.benchmarks.side.Peers;
import dev.obverse.benchmarks.side.Side;
import java.util.List;

/** Which libraries are measured beside ours, in the order of the table. */
public final class AllPeers implements Peers {
    @Override
    public List<Side> sides() {
        return List.of(new LibtorchMkl(), new LibtorchOpenBlas(), new OnnxRuntime(), new Nd4jOpenBlas(), new Ejml());
    }
}
