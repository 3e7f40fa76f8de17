package dev.obverse.examples.command;

import dev.obverse.nn.data.SampleException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What went wrong, for people, on one line. */
public final class ErrorSentence {
    private ErrorSentence() {}

    public static String of(Throwable e) {
        return switch (e) {
            case UncheckedIOException _, ExecutionException _ -> of(cause(e));
            case SampleException s when s.getCause() != null -> of(cause(s));
            case AccessDeniedException a ->
                "no permission to use " + a.getFile() + ": change its permissions or choose another place";
            case NoSuchFileException n -> n.getFile() + " does not exist";
            case FileAlreadyExistsException f -> f.getFile() + " exists and is not a folder: choose another place";
            case DirectoryNotEmptyException d -> d.getFile() + " is not empty";
            case FileSystemException f -> f.getFile() + ": " + text(f.getReason(), f);
            case OutOfMemoryError _ ->
                "out of memory with a heap limit of " + (Runtime.getRuntime().maxMemory() >> 20)
                        + " MB: use a smaller --batch, --width or --size, or OBVERSE_JAVA_OPTS=-Xmx...";
            default -> text(e.getMessage(), e);
        };
    }

    private static Throwable cause(Throwable e) {
        return e.getCause() == null ? new IllegalStateException(e.getMessage()) : e.getCause();
    }

    private static String text(@Nullable String message, Throwable e) {
        return message == null || message.isBlank()
                ? e.getClass().getSimpleName() + "; run it again with --verbose to see where"
                : message.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
