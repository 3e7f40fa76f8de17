package dev.obverse.examples.command;

import dev.obverse.drn.face.EmbeddingSource;
import dev.obverse.drn.face.Recogniser;
import dev.obverse.drn.face.RecogniserInput;
import dev.obverse.drn.face.Recognisers;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Which recogniser, and how it wants its pictures. */
final class RecogniserOption {
    @Option(
            names = "--recogniser",
            paramLabel = "DIR|FILE",
            description =
                    "A face recogniser: what train-recogniser wrote, or an ONNX file. For train also a file of its"
                            + " vectors, FILE.safetensors as embed writes it.")
    private @Nullable Path path;

    @Option(
            names = "--recogniser-input",
            paramLabel = "WORDS",
            converter = Words.class,
            description = "How an ONNX recogniser wants its pictures: arcface, (x-127.5)/127.5, or imagenet, mean and"
                    + " deviation; then aligned (the inner 112 of aligned 128 pixels), bgr, a size; with commas"
                    + " (arcface).")
    private @Nullable RecogniserInput input;

    /** Reads {@code --recogniser-input}. */
    static final class Words implements CommandLine.ITypeConverter<RecogniserInput> {
        @Override
        public RecogniserInput convert(String value) {
            try {
                return RecogniserInput.parse(value);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(ErrorSentence.of(e));
            }
        }
    }

    /** Where it is; null if none was given. */
    @Nullable
    Path path() {
        return path;
    }

    /** The recogniser; null if none was given. */
    @Nullable
    Recogniser load(Shared shared) throws IOException {
        refuseInputAlone(shared);
        return path == null ? null : Recognisers.load(path, input);
    }

    /** The vectors of picture files, which a file of embeddings has too; null if none was given. */
    @Nullable
    EmbeddingSource source(Shared shared, Path kept) throws IOException {
        refuseInputAlone(shared);
        return path == null ? null : Recognisers.source(path, input, kept);
    }

    private void refuseInputAlone(Shared shared) {
        if (path == null && input != null) {
            throw shared.usage("--recogniser-input says how a --recogniser wants its pictures: give that too");
        }
    }

    /** The recogniser; without one the command is used wrongly. */
    Recogniser require(Shared shared) throws IOException {
        var given = load(shared);
        if (given == null) {
            throw shared.usage("Missing required option: '--recogniser=DIR|FILE'");
        }
        return given;
    }
}
