package dev.obverse.cuda.device;

/** Work that was to be recorded did something that would not be the same the next time. */
public final class NotRecordableException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    NotRecordableException(String what) {
        super(what);
    }
}
