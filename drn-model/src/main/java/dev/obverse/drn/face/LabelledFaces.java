package dev.obverse.drn.face;

import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.FaceAttributes;
import dev.obverse.drn.data.FaceSwap;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.data.Split;
import dev.obverse.drn.data.SyntheticFaces;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Square pictures of faces in memory, with who they show.
 *
 * @param description where they come from, for the record
 * @param size side of each picture in pixels
 * @param people names of the people; a label is an index in this list
 * @param pixels of each picture, [H,W,3], 8 bits a channel
 * @param labels of each picture
 */
public record LabelledFaces(String description, int size, List<String> people, List<byte[]> pixels, int[] labels) {
    public LabelledFaces {
        people = List.copyOf(people);
        pixels = List.copyOf(pixels);
        if (pixels.size() != labels.length || pixels.stream().anyMatch(p -> p.length != 3 * size * size)) {
            throw new IllegalArgumentException("LabelledFaces: each of the " + labels.length
                    + " labels needs a picture of " + size + "x" + size + " pixels and 3 channels");
        }
    }

    /**
     * Reads a folder with one folder of pictures for each person, in the order of their names. The middle square of
     * each picture is used; files that begin with a dot, and files beside the people's folders, are passed over.
     *
     * @param size side to scale the pictures to
     */
    public static LabelledFaces ofFolder(Path folder, int size) throws IOException {
        var people = new ArrayList<String>();
        var pixels = new ArrayList<byte[]>();
        var labels = IntStream.builder();
        for (var person : listed(folder)) {
            if (!Files.isDirectory(person)) {
                continue;
            }
            var files = listed(person).stream().filter(Files::isRegularFile).toList();
            if (files.isEmpty()) {
                throw new DataException("The folder " + person + " of a person has no pictures; add some or delete it");
            }
            for (var file : files) {
                pixels.add(bytes(square(RgbImage.read(file)).resize(size, size)));
                labels.add(people.size());
            }
            people.add(String.valueOf(person.getFileName()));
        }
        if (people.size() < 2) {
            throw new DataException("Folder " + folder + " has pictures of " + people.size()
                    + " people, but at least 2 are needed: put the pictures of each person in a folder of their own");
        }
        return new LabelledFaces(
                "folder " + folder.getFileName(),
                size,
                people,
                pixels,
                labels.build().toArray());
    }

    /**
     * Draws people on one side of a synthetic data set, at its size, on all cores: portraits, and pictures of others
     * into which the person's inner face is pasted without a rest of theirs. The latter teach a recogniser to look at
     * the face: hair, outline and background, by which synthetic people are easiest to tell apart, are then somebody
     * else's. With none, a face swap hardly changes a vector.
     *
     * @param portraits of each person
     * @param pasted pictures of each person's face in another's head, 0 for judging a recogniser
     * @param done is given the number of finished pictures after each person, from any thread
     */
    public static LabelledFaces ofSynthetic(
            SyntheticFaces faces, Split side, int portraits, int pasted, IntConsumer done) {
        int[] chosen = IntStream.range(0, faces.identities())
                .filter(i -> faces.side(i) == side)
                .toArray();
        int each = portraits + pasted;
        var pixels = new byte[chosen.length * each][];
        var finished = new AtomicInteger();
        IntStream.range(0, chosen.length).parallel().forEach(person -> {
            for (int take = 0; take < each; take++) {
                pixels[person * each + take] = bytes(
                        take < portraits ? faces.portrait(chosen[person], take) : pasted(faces, chosen, person, take));
            }
            done.accept(finished.addAndGet(each));
        });
        return new LabelledFaces(
                "synthetic people (seed " + faces.seed() + ", " + side.word() + " side of " + faces.identities()
                        + "), each in " + portraits + " portraits and " + pasted + " face swaps",
                faces.size(),
                Arrays.stream(chosen).mapToObj(SyntheticFaces::identityName).toList(),
                Arrays.asList(pixels),
                IntStream.range(0, pixels.length).map(i -> i / each).toArray());
    }

    private static RgbImage pasted(SyntheticFaces faces, int[] chosen, int person, int take) {
        var random = new Philox(faces.seed()).stream(person).stream(take);
        int other = (person + 1 + random.nextInt(chosen.length - 1)) % chosen.length;
        return FaceSwap.DEFAULT
                .withResidual(0)
                .apply(
                        faces.identity(chosen[other]),
                        faces.identity(chosen[person]),
                        FaceAttributes.random(random),
                        faces.size(),
                        random)
                .fake();
    }

    /** Number of pictures. */
    public int count() {
        return labels.length;
    }

    /** Two sets without a person in common: what training sees, and what it is judged by. */
    public record Parts(LabelledFaces train, LabelledFaces heldOut) {}

    /** Holds out a number of people, drawn by the seed. */
    public Parts holdOut(int heldOutPeople, long seed) {
        if (heldOutPeople < 1 || heldOutPeople > people.size() - 2) {
            throw new IllegalArgumentException("Of " + people.size() + " people, 1 to " + (people.size() - 2)
                    + " can be held out, so that 2 are left to train on, but " + heldOutPeople + " were asked for");
        }
        int[] order = new Philox(seed).permutation(people.size());
        return new Parts(
                of("trained on", Arrays.copyOfRange(order, heldOutPeople, order.length)),
                of("held out", Arrays.copyOf(order, heldOutPeople)));
    }

    private LabelledFaces of(String what, int[] chosen) {
        Arrays.sort(chosen);
        var kept = new ArrayList<byte[]>();
        var keptLabels = IntStream.builder();
        for (int i = 0; i < labels.length; i++) {
            int label = Arrays.binarySearch(chosen, labels[i]);
            if (label >= 0) {
                kept.add(pixels.get(i));
                keptLabels.add(label);
            }
        }
        return new LabelledFaces(
                description + ", " + chosen.length + " people " + what,
                size,
                Arrays.stream(chosen).mapToObj(people::get).toList(),
                kept,
                keptLabels.build().toArray());
    }

    /** Pictures {@code from} (inclusive) to {@code to} as {@code [to-from,size,size,3]}, values in [0,1]. */
    public Tensor tensor(int from, int to, Device device) {
        int each = 3 * size * size;
        var values = new float[(to - from) * each];
        for (int i = from; i < to; i++) {
            var picture = pixels.get(i);
            for (int j = 0; j < each; j++) {
                values[(i - from) * each + j] = (picture[j] & 255) / 255f;
            }
        }
        return Tensor.of(device, values, Shape.of(to - from, size, size, 3));
    }

    /** The middle square of a picture. */
    public static RgbImage square(RgbImage image) {
        int side = Math.min(image.width(), image.height());
        if (image.width() == image.height()) {
            return image;
        }
        int left = (image.width() - side) / 2;
        int top = (image.height() - side) / 2;
        var rgb = new float[3 * side * side];
        for (int y = 0; y < side; y++) {
            System.arraycopy(image.rgb(), ((top + y) * image.width() + left) * 3, rgb, y * side * 3, side * 3);
        }
        return new RgbImage(side, side, rgb);
    }

    private static byte[] bytes(RgbImage image) {
        var bytes = new byte[image.rgb().length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(Math.clamp(image.rgb()[i], 0f, 1f) * 255);
        }
        return bytes;
    }

    private static List<Path> listed(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new DataException("Folder " + folder + (Files.exists(folder) ? " is a file" : " does not exist"));
        }
        try (var files = Files.list(folder)) {
            return files.filter(f -> !f.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }
}
