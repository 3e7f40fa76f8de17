package dev.obverse.tensor;

import dev.obverse.backend.Backend;
import dev.obverse.backend.Backends;
import java.util.Locale;

/**
 * Where a tensor lives and is computed on.
 *
 * @param index number of the card for {@code CUDA}, else 0
 */
public record Device(Kind kind, int index) {
    private static final System.Logger LOG = System.getLogger(Device.class.getName());

    /** Kinds of devices. */
    public enum Kind {
        /** float32 on this machine's cores. */
        CPU,
        /** float32 on an NVIDIA card. */
        CUDA,
        /** float64 by naive loops: slow, and what every other device is checked against. */
        REFERENCE
    }

    public static Device cpu() {
        return new Device(Kind.CPU, 0);
    }

    public static Device cuda(int index) {
        return new Device(Kind.CUDA, index);
    }

    public static Device reference() {
        return new Device(Kind.REFERENCE, 0);
    }

    /** The first card that works, else the CPU; the choice is logged in one line. */
    public static Device best() {
        var device = Backends.deviceCount("cuda") > 0 ? cuda(0) : cpu();
        LOG.log(System.Logger.Level.INFO, "Device.best() chose {0}", device);
        return device;
    }

    /** Reads {@code cpu}, {@code cuda:N} or {@code reference}. */
    public static Device parse(String text) {
        var parts = text.strip().toLowerCase(Locale.ROOT).split(":", 2);
        try {
            int index = parts.length == 2 ? Integer.parseInt(parts[1]) : 0;
            var kind = Kind.valueOf(parts[0].toUpperCase(Locale.ROOT));
            if (index >= 0 && (kind == Kind.CUDA || index == 0)) {
                return new Device(kind, index);
            }
        } catch (IllegalArgumentException e) {
            // falls through to the one message below
        }
        throw new IllegalArgumentException("Unknown device '" + text + "': use cpu, cuda:0, cuda:1, ... or reference");
    }

    /**
     * The backend that computes for this device, opened at first use.
     *
     * @throws IllegalStateException naming the reason, if the device cannot be used; there is no fallback
     */
    public Backend backend() {
        return Backends.of(this);
    }

    @Override
    public String toString() {
        return kind == Kind.CUDA ? "cuda:" + index : kind.name().toLowerCase(Locale.ROOT);
    }
}
