package dev.obverse.examples.command;

import dev.obverse.examples.learn.ClassifyFaces;
import dev.obverse.examples.learn.CustomLayer;
import dev.obverse.examples.learn.FitALine;
import dev.obverse.examples.learn.SegmentShapes;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code obverse learn}: runs one of the programs to learn the library from. */
@Command(
        name = "learn",
        mixinStandardHelpOptions = true,
        description = "Runs one of the programs to learn the library from; their sources are in"
                + " examples/src/main/java/dev/obverse/examples/learn.")
public final class Learn implements Callable<Integer> {
    /** The programs, each a file of that name. */
    enum Program {
        FitALine,
        ClassifyFaces,
        SegmentShapes,
        CustomLayer
    }

    @Parameters(index = "0", paramLabel = "PROGRAM", description = "${COMPLETION-CANDIDATES}")
    @SuppressWarnings("NullAway.Init")
    private Program program;

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "ARGUMENT", description = "Arguments of the program.")
    private String[] arguments = {};

    @Override
    public Integer call() throws IOException {
        switch (program) {
            case FitALine -> FitALine.main(arguments);
            case ClassifyFaces -> ClassifyFaces.main(arguments);
            case SegmentShapes -> SegmentShapes.main(arguments);
            case CustomLayer -> CustomLayer.main(arguments);
        }
        return 0;
    }
}
