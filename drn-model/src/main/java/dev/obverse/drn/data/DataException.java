package dev.obverse.drn.data;

import java.io.IOException;
import java.util.Objects;

/** A file that cannot be used; the message is one sentence that names the file and what is wrong with it. */
public class DataException extends IOException {
    private static final long serialVersionUID = 1L;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The sentence; never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
