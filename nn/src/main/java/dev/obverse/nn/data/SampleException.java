package dev.obverse.nn.data;

import java.io.Serial;

/** A sample could not be fetched or written into its batch; the cause says why. */
public final class SampleException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final int index;

    SampleException(int index, int batch, int epoch, Throwable cause) {
        super(
                "Sample " + index + " of the data set, wanted for batch " + batch + " of epoch " + epoch + ", failed: "
                        + (cause.getMessage() == null ? cause : cause.getMessage()),
                cause);
        this.index = index;
    }

    /** The sample's index in the data set. */
    public int index() {
        return index;
    }
}
