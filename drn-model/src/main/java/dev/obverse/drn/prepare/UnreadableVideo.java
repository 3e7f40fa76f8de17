package dev.obverse.drn.prepare;

import dev.obverse.drn.data.DataException;

/** A video that cannot be read, to its end or at all; the others go on without it. */
public final class UnreadableVideo extends DataException {
    private static final long serialVersionUID = 1L;

    public UnreadableVideo(String message) {
        super(message);
    }

    public UnreadableVideo(String message, Throwable cause) {
        super(message, cause);
    }
}
