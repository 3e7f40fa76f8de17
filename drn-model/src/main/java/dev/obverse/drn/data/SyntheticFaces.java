package dev.obverse.drn.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * A data set of synthetic people and face swaps between them, any item of which can be made without the others.
 *
 * <p>People are divided into training and test: one in five, at least two, are test people, and neither originals nor
 * donors cross over. Originals take turns, so each has about the same number of videos; a video has a fixed donor,
 * light and background.
 *
 * @param seed decides everything
 * @param identities number of people, at least 4
 * @param pairs number of pairs, at least 1
 * @param size side of the pictures in pixels, at least 8
 * @param framesPerVideo pairs in a row that share a video, at least 1
 * @param swap how faces are swapped
 */
public record SyntheticFaces(long seed, int identities, int pairs, int size, int framesPerVideo, FaceSwap swap) {
    private static final int IDENTITY = 1;
    private static final int VIDEO = 2;
    private static final int FRAME = 3;
    private static final int SWAP = 4;
    private static final int PORTRAIT = 5;

    public SyntheticFaces {
        atLeast(4, "identities", identities);
        atLeast(1, "pairs", pairs);
        atLeast(8, "size", size);
        atLeast(1, "framesPerVideo", framesPerVideo);
    }

    /** Two frames per video and the default swap. */
    public SyntheticFaces(long seed, int identities, int pairs, int size) {
        this(seed, identities, pairs, size, 2, FaceSwap.DEFAULT);
    }

    private static void atLeast(int least, String name, int value) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value);
        }
    }

    /** A pair in memory: the row it has in the manifest, and both pictures as they come back from 8-bit files. */
    public record Pair(PairManifest.Row row, RgbImage original, RgbImage fake) {}

    /** The person of an index from 0. */
    public FaceIdentity identity(int index) {
        return FaceIdentity.random(RandomStreams.of(seed, IDENTITY, index));
    }

    /** The name of a person in manifests. */
    public static String identityName(int index) {
        return "id%04d".formatted(index);
    }

    /** The side a person belongs to; test people are spread evenly. */
    public Split side(int identity) {
        long test = testIdentities();
        return (identity + 1L) * test / identities > identity * test / identities ? Split.TEST : Split.TRAIN;
    }

    private int testIdentities() {
        return Math.max(2, (int) Math.round(identities * 0.2));
    }

    /** A genuine picture of a person for training recognisers; {@code take} numbers the pictures of one person. */
    public RgbImage portrait(int identity, int take) {
        var attributes = FaceAttributes.random(RandomStreams.of(seed, PORTRAIT, identity, take));
        return FaceRenderer.render(identity(identity), attributes, size).image().quantised();
    }

    /** The manifest row of a pair, without drawing it. */
    public PairManifest.Row row(int index) {
        var cast = cast(index);
        var original = identityName(cast.original);
        var donor = identityName(cast.donor);
        var name = "p%06d".formatted(index);
        var video = "%s_%s_%04d".formatted(original, donor, index / framesPerVideo / identities);
        return new PairManifest.Row(
                name,
                "original/" + name + ".png",
                "fake/" + name + ".png",
                original,
                donor,
                video,
                side(cast.original));
    }

    private record Cast(int original, int donor) {}

    private Cast cast(int index) {
        if (index < 0 || index >= pairs) {
            throw new IndexOutOfBoundsException("Pair " + index + " of " + pairs);
        }
        int video = index / framesPerVideo;
        int original = video % identities;
        var side = side(original);
        int[] donors = IntStream.range(0, identities)
                .filter(i -> i != original && side(i) == side)
                .toArray();
        return new Cast(original, donors[RandomStreams.of(seed, VIDEO, video, 0).nextInt(donors.length)]);
    }

    /** The pictures of a pair with everything known about them. */
    public FaceSwap.Swapped swapped(int index) {
        var cast = cast(index);
        var attributes = FaceAttributes.random(RandomStreams.of(seed, VIDEO, index / framesPerVideo, 1));
        if (index % framesPerVideo > 0) {
            attributes = attributes.nextFrame(RandomStreams.of(seed, FRAME, index));
        }
        return swap.apply(
                identity(cast.original), identity(cast.donor), attributes, size, RandomStreams.of(seed, SWAP, index));
    }

    /** A pair, the same pixels as in the files; safe to call from many threads. */
    public Pair pair(int index) {
        var swapped = swapped(index);
        return new Pair(row(index), swapped.original().image().quantised(), swapped.fake());
    }

    /** The rows of all pairs. */
    public List<PairManifest.Row> rows() {
        return IntStream.range(0, pairs).mapToObj(this::row).toList();
    }

    /**
     * Writes {@code original/*.png}, {@code fake/*.png} and, last, {@code pairs.csv} into a folder. The files do not
     * depend on the number of threads.
     *
     * @param done is given the number of finished pairs after each, from any thread
     */
    public PairManifest write(Path folder, int threads, IntConsumer done) throws IOException {
        inParallel(folder, pairs, threads, done, i -> {
            var pair = pair(i);
            pair.original().writePng(folder.resolve(pair.row().original()));
            pair.fake().writePng(folder.resolve(pair.row().fake()));
        });
        var manifest = new PairManifest(folder.toAbsolutePath(), rows());
        manifest.write(folder.resolve("pairs.csv"));
        return manifest;
    }

    /**
     * Writes {@code NAME/*.png} into a folder: every person in {@code portraits} pictures, as a gallery has them.
     *
     * @param done as for {@link #write}, of {@code identities * portraits} pictures
     */
    public void writePortraits(Path folder, int portraits, int threads, IntConsumer done) throws IOException {
        atLeast(1, "portraits", portraits);
        inParallel(folder, identities * portraits, threads, done, i -> {
            var name = "%s/%02d.png".formatted(identityName(i / portraits), i % portraits);
            portrait(i / portraits, i % portraits).writePng(folder.resolve(name));
        });
    }

    /** Writes one file, or one pair of files. */
    private interface Item {
        void write(int index) throws IOException;
    }

    private static void inParallel(Path folder, int count, int threads, IntConsumer done, Item item)
            throws IOException {
        atLeast(1, "threads", threads);
        var finished = new AtomicInteger();
        var next = new AtomicInteger();
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var work = IntStream.range(0, threads)
                    .mapToObj(thread -> pool.submit(() -> {
                        for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                            item.write(i);
                            done.accept(finished.incrementAndGet());
                        }
                        return null;
                    }))
                    .toList();
            for (var part : work) {
                part.get();
            }
        } catch (ExecutionException e) {
            throw rethrow(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Writing synthetic faces to " + folder + " was interrupted", e);
        }
    }

    private static IOException rethrow(ExecutionException thrown) {
        if (thrown.getCause() instanceof RuntimeException e) {
            throw e;
        }
        if (thrown.getCause() instanceof Error e) {
            throw e;
        }
        return thrown.getCause() instanceof IOException e ? e : new IOException(thrown);
    }
}
