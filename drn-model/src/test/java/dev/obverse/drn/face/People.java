package dev.obverse.drn.face;

import dev.obverse.drn.data.RgbImage;
import dev.obverse.random.Philox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Made-up people for tests: a person is a coarse pattern of colours, a picture of it that pattern with noise. */
final class People {
    static final RecogniserArchitecture TINY = new RecogniserArchitecture(16, 4, 8, 1);

    private People() {}

    static LabelledFaces of(int people, int each, int size, long seed) {
        var pixels = new ArrayList<byte[]>();
        for (int person = 0; person < people; person++) {
            for (int take = 0; take < each; take++) {
                pixels.add(picture(person, take, size, seed));
            }
        }
        return new LabelledFaces(
                "patterns",
                size,
                IntStream.range(0, people).mapToObj(i -> "person" + i).toList(),
                pixels,
                IntStream.range(0, people * each).map(i -> i / each).toArray());
    }

    private static byte[] picture(int person, int take, int size, long seed) {
        var pattern = new float[4 * 4 * 3];
        new Philox(seed).stream(person).fillUniform(pattern, 0.2, 0.8);
        var noise = new float[size * size * 3];
        new Philox(seed).stream(1000 + person).stream(take).fillNormal(noise, 0, 0.05);
        var bytes = new byte[noise.length];
        for (int i = 0; i < bytes.length; i++) {
            int pixel = i / 3;
            int cell = pixel / size * 4 / size * 4 + pixel % size * 4 / size;
            bytes[i] = (byte) Math.round(255 * Math.clamp(pattern[cell * 3 + i % 3] + noise[i], 0f, 1f));
        }
        return bytes;
    }

    static RgbImage image(LabelledFaces faces, int index) {
        var rgb = new float[3 * faces.size() * faces.size()];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (faces.pixels().get(index)[i] & 255) / 255f;
        }
        return new RgbImage(faces.size(), faces.size(), rgb);
    }

    /** Writes the pictures as {@code 0.png, 1.png, ..} and returns these names. */
    static List<String> write(LabelledFaces faces, Path folder) throws IOException {
        Files.createDirectories(folder);
        var names = new ArrayList<String>();
        for (int i = 0; i < faces.count(); i++) {
            names.add(i + ".png");
            image(faces, i).writePng(folder.resolve(names.get(i)));
        }
        return names;
    }
}
