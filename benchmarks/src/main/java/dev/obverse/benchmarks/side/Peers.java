package dev.obverse.benchmarks.side;

import java.util.List;

/** The libraries that the build's profile {@code peers} adds. */
public interface Peers {
    /** The one implementation, looked for by name: without the profile it is not there. */
    String IMPLEMENTATION = "dev.obverse.benchmarks.peers.AllPeers";

    List<Side> sides();

    /** All peers of this build; none without the profile. */
    static List<Side> installed() {
        try {
            return Class.forName(IMPLEMENTATION)
                    .asSubclass(Peers.class)
                    .getConstructor()
                    .newInstance()
                    .sides();
        } catch (ClassNotFoundException e) {
            return List.of();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Cannot make " + IMPLEMENTATION, e);
        }
    }
}
