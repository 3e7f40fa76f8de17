import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks or writes the formatting of every Java file below {@code src} of each module: {@code java Format.java
 * check|apply ROOT}. A program of its own, because the formatter needs a newer Java than Maven may be running on.
 */
public final class Format {
    private Format() {}

    public static void main(String[] args) throws IOException {
        boolean apply = args[0].equals("apply");
        if (!apply && !args[0].equals("check")) {
            System.err.println("-Dformat is '" + args[0] + "': expected 'check' or 'apply'.");
            System.exit(2);
        }
        var root = Path.of(args[1]);
        var formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
                .style(JavaFormatterOptions.Style.PALANTIR)
                .formatJavadoc(true)
                .build());
        var wrong = new ArrayList<String>();
        for (var file : sources(root)) {
            var source = Files.readString(file);
            try {
                var formatted = formatter.formatSourceAndFixImports(source);
                if (!formatted.equals(source)) {
                    wrong.add(root.relativize(file).toString());
                    if (apply) {
                        Files.writeString(file, formatted);
                    }
                }
            } catch (FormatterException e) {
                System.err.println(root.relativize(file) + " does not parse: " + e.getMessage());
                System.exit(1);
            }
        }
        for (var file : wrong) {
            System.out.println((apply ? "formatted " : "not formatted: ") + file);
        }
        if (!apply && !wrong.isEmpty()) {
            System.err.println(wrong.size() + " files are not formatted. Run: mvn -q -N validate -Dformat=apply");
            System.exit(1);
        }
    }

    private static List<Path> sources(Path root) throws IOException {
        var files = new ArrayList<Path>();
        files.add(root.resolve(".mvn/Format.java"));
        try (var modules = Files.list(root)) {
            for (var src : modules.map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> walk = Files.walk(src)) {
                    walk.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
                }
            }
        }
        files.sort(null);
        return files;
    }
}
