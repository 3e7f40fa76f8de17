package dev.obverse.cuda.paper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.obverse.contract.PaperProgram;
import dev.obverse.cuda.host.HostCard;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All that we say to the driver, cuBLAS, cuDNN and NVRTC, through JCuda's own libraries, is what their documentation
 * wants, as far as {@code paper.h} and its parts have it right; a process of its own, because libraries are loaded
 * once.
 */
class PaperCardTest {
    @Test
    void convolutionsProductsAndRecordedStepsOnPaper(@TempDir Path folder) throws IOException, InterruptedException {
        assumeTrue(HostCard.possible(), "g++ is not on the PATH: nothing was said to a card on paper");
        PaperCard.build(folder);
        var process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dobverse.cuda.libraries=" + folder,
                "-Dobverse.cuda.cache=" + folder.resolve("cache"),
                "-cp",
                System.getProperty("java.class.path"),
                PaperProgram.class.getName());
        process.environment().put("PAPER_FOLDER", folder.toString());
        var running = process.redirectErrorStream(true).start();
        var said = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, running.waitFor(), said);
    }
}
