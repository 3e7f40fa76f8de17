package dev.obverse.drn.face;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.Flatten;
import dev.obverse.nn.layer.Linear;
import dev.obverse.nn.layer.Sequential;
import dev.obverse.nn.onnx.OnnxExport;
import dev.obverse.random.Philox;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxRecogniserTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final Philox random = new Philox(8);
    private final Sequential net = new Sequential(
            new Conv2d(3, 4, 3, ConvOptions.DEFAULT.stride(4), random),
            new Flatten(),
            new Linear(4 * 4 * 4, 7, random));

    private Path file() throws IOException {
        var file = folder.resolve("net.onnx");
        new OnnxExport(net, net::forward, 16, 16, 3).write(file);
        return file;
    }

    @Test
    void picturesArePreparedAsDeclared() throws IOException {
        var faces = Tensor.rand(Device.cpu(), random, Shape.of(2, 16, 16, 3));
        var arcface = OnnxRecogniser.read(file(), RecogniserInput.ARCFACE);
        assertEquals(7, arcface.embeddingLength());
        assertEquals("net", arcface.name());
        assertArrayEquals(
                net.forward(faces.mul(2).sub(1)).toArray(), arcface.embed(faces).toArray(), 1e-5f);
        var imagenet = OnnxRecogniser.read(file(), RecogniserInput.parse("imagenet,bgr"));
        var mean = Tensor.of(new float[] {0.485f, 0.456f, 0.406f}, 3);
        var deviation = Tensor.of(new float[] {0.229f, 0.224f, 0.225f}, 3);
        assertArrayEquals(
                net.forward(faces.flip(3).sub(mean).div(deviation)).toArray(),
                imagenet.embed(faces).toArray(),
                1e-4f);
        assertNotEquals(arcface.fingerprint(), imagenet.fingerprint());
    }

    @Test
    void alignedPicturesAreCutTo112() {
        var faces = Tensor.rand(Device.cpu(), random, Shape.of(1, 128, 128, 3));
        var seen = RecogniserInput.parse("arcface,aligned").of(faces);
        assertArrayEquals(faces.slice(1, 0, 112).slice(2, 8, 120).mul(2).sub(1).toArray(), seen.toArray(), 1e-5f);
    }

    @Test
    void aFolderStandsForTheFile() throws IOException {
        var file = file();
        var recogniser = OnnxRecogniser.read(file, RecogniserInput.parse("imagenet,aligned"));
        recogniser.save(folder.resolve("saved"));
        var loaded = Recognisers.load(folder.resolve("saved"), null);
        assertEquals(recogniser.fingerprint(), loaded.fingerprint());
        Files.move(file, folder.resolve("elsewhere.onnx"));
        var e = assertThrows(IOException.class, () -> Recognisers.load(folder.resolve("saved"), null));
        assertTrue(String.valueOf(e.getMessage()).contains("does not exist any more"), e.getMessage());
    }

    @Test
    void whatIsNoRecogniserIsRefused() throws IOException {
        var flat = new Linear(6, 2, random);
        var file = folder.resolve("flat.onnx");
        new OnnxExport(flat, flat::forward, 6).write(file);
        var e = assertThrows(IOException.class, () -> OnnxRecogniser.read(file, RecogniserInput.ARCFACE));
        assertTrue(String.valueOf(e.getMessage()).contains("instead of one [N,3,S,S]"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> RecogniserInput.parse("arcface,blurred"));
    }

    @Test
    void mobileFaceNetKnowsThePeopleOfOrl() throws IOException {
        var data = System.getProperty("obverse.data");
        assumeTrue(data != null, "skipped: needs -Dobverse.data=DIR with recogniser/ and faces/orl");
        var root = Path.of(Objects.requireNonNull(data));
        var recogniser = Recognisers.load(root.resolve("recogniser/mobilefacenet.onnx"), RecogniserInput.IMAGENET);
        var measured = Verification.of(recogniser, LabelledFaces.ofFolder(root.resolve("faces/orl"), 112));
        assertEquals(39, measured.people());
        System.out.println(measured);
        assertTrue(measured.rank1() >= 0.9, measured.toString());
    }
}
