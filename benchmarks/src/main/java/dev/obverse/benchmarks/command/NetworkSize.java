package dev.obverse.benchmarks.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options {@code --width --size --batch}. */
final class NetworkSize {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private int width;
    private int size;
    private int batch;

    NetworkSize(int width, int size, int batch) {
        this.width = width;
        this.size = size;
        this.batch = batch;
    }

    @Option(names = "--width", paramLabel = "N", description = "Channels of the network's first stage.")
    void setWidth(int width) {
        this.width = checked("--width", width, 1);
    }

    @Option(names = "--size", paramLabel = "N", description = "Side of the images, a multiple of 8.")
    void setSize(int size) {
        this.size = checked("--size", size, 8);
    }

    @Option(names = "--batch", paramLabel = "N", description = "Images of a batch.")
    void setBatch(int batch) {
        this.batch = checked("--batch", batch, 1);
    }

    private int checked(String option, int value, int multiple) {
        if (value < 1 || value % multiple != 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " must be at least " + multiple + (multiple > 1 ? " and a multiple of it" : "") + ", not "
                            + value);
        }
        return value;
    }

    int width() {
        return width;
    }

    int size() {
        return size;
    }

    int batch() {
        return batch;
    }
}
