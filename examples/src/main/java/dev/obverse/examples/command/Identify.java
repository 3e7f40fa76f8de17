package dev.obverse.examples.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.obverse.drn.Identification;
import dev.obverse.drn.RunConfig;
import dev.obverse.drn.RunFolder;
import dev.obverse.drn.Tracer;
import dev.obverse.drn.ValidationPairs;
import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.PairDataset;
import dev.obverse.drn.data.PairManifest;
import dev.obverse.drn.data.RgbImage;
import dev.obverse.drn.face.Calibration;
import dev.obverse.drn.face.EmbeddingCache;
import dev.obverse.drn.face.Fingerprint;
import dev.obverse.drn.face.Gallery;
import dev.obverse.drn.face.LabelledFaces;
import dev.obverse.drn.face.Recogniser;
import dev.obverse.drn.face.Rows;
import dev.obverse.drn.report.EvidenceSheet;
import dev.obverse.drn.report.EvidenceSheet.Ranking;
import dev.obverse.drn.report.Measured;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import dev.obverse.tensor.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code obverse identify}: who of these people was it? */
@Command(
        name = "identify",
        mixinStandardHelpOptions = true,
        description = "Traces fakes and ranks the people of a gallery by similarity, for the fake as given and for the"
            + " traced face. Writes identify.json and evidence.html, with the SHA-256 of what they rest on, into --out"
            + " (runs/identify). A reconstruction is not proof.")
public final class Identify implements Callable<Integer> {
    @Mixin
    private final Shared shared = new Shared();

    @Mixin
    private final RecogniserOption recogniser = new RecogniserOption();

    @Mixin
    private final CacheOption cache = new CacheOption();

    @Option(names = "--model", paramLabel = "RUN", required = true, description = "The folder of a training run.")
    @SuppressWarnings("NullAway.Init")
    private Path model;

    @Option(
            names = "--gallery",
            paramLabel = "DIR",
            required = true,
            description = "The people: a folder of pictures for each, or pictures named after them.")
    @SuppressWarnings("NullAway.Init")
    private Path gallery;

    @Option(
            names = "--validation",
            paramLabel = "FILE",
            description = "A manifest of people in the gallery, whose test pairs say how far scores can be trusted;"
                    + " those whose people or videos the run was trained on are left out. Without it the gallery's"
                    + " own pictures do, which says nothing of traced faces.")
    private @Nullable Path validation;

    @Option(names = "--top", paramLabel = "N", defaultValue = "5", description = "Matches to show with pictures (5).")
    private int top;

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Pictures of faces that may have been swapped.")
    @SuppressWarnings("NullAway.Init")
    private List<Path> images;

    /** How far scores can be trusted, for the fake as given and for the traced face; and why that may be too far. */
    private record Trusted(String on, Calibration fake, Calibration traced, List<String> warnings) {}

    /** A picture as given. */
    private record Suspect(Path file, String sha256, RgbImage picture) {
        static Suspect read(Path file) throws IOException {
            var picture = RgbImage.read(file);
            return new Suspect(file, Fingerprint.of(file), picture);
        }
    }

    @Override
    public Integer call() throws IOException {
        if (top < 1) {
            throw shared.usage("--top must be at least 1, not " + top);
        }
        var device = shared.device();
        var judge = recogniser.require(shared);
        var run = new RunFolder(model);
        var config = run.readConfig();
        var network = run.readNetwork();
        network.to(device);
        var tracer = new Tracer(network);
        var out = shared.outOr("runs/identify");
        // Before the minutes that a large gallery takes: one that cannot be read would waste them.
        var suspects = new ArrayList<Suspect>();
        for (var file : images) {
            suspects.add(Suspect.read(file));
        }
        var people = Gallery.read(gallery, new EmbeddingCache(judge, cache.folder()));
        var trusted = trusted(people, tracer, judge, config);

        var hashes = new LinkedHashMap<String, String>();
        hashes.put("model", Fingerprint.of(run.model()));
        hashes.put("configuration", Fingerprint.of(run.config()));
        hashes.put("recogniser", judge.fingerprint());
        hashes.put("gallery", people.fingerprint());
        if (validation != null) {
            hashes.put("validation", Fingerprint.of(validation));
        }
        var facts = new LinkedHashMap<String, String>();
        facts.put("recogniser", judge.name());
        facts.put("gallery", people.people().size() + " people, " + people.pictures() + " pictures");
        hashes.forEach((name, hash) -> facts.put(name + " (SHA-256)", hash));
        var sheet = new EvidenceSheet(facts, trusted.on, trusted.warnings, top);
        var json = JsonNodeFactory.instance.objectNode();
        json.put("recogniser", judge.name());
        json.put("people", people.people().size()).put("pictures", people.pictures());
        hashes.forEach(json.putObject("sha256")::put);
        json.put("calibratedOn", trusted.on);
        trusted.warnings.forEach(json.putArray("warnings")::add);
        var list = json.putArray("images");
        for (var suspect : suspects) {
            var fake = suspect.picture;
            var rankings = List.of(
                    ranking("fake as given", suspect.file, fake, judge, people, trusted.fake),
                    ranking("traced", suspect.file, tracer.trace(fake), judge, people, trusted.traced));
            sheet.add(suspect.file, suspect.sha256, rankings);
            var node = list.addObject().put("image", suspect.file.toString()).put("sha256", suspect.sha256);
            node.set("fake", json(rankings.getFirst()));
            node.set("traced", json(rankings.getLast()));
            say(suspect.file, rankings);
        }
        json.put("note", Measured.NOT_PROOF);
        sheet.write(out.resolve("evidence.html"));
        Files.writeString(out.resolve("identify.json"), json.toPrettyString() + "\n");
        trusted.warnings.forEach(warning -> shared.say("Warning: " + warning));
        shared.say("Evidence: " + out.resolve("evidence.html"));
        shared.say(Measured.NOT_PROOF);
        shared.result(() -> json);
        return 0;
    }

    private Trusted trusted(Gallery people, Tracer tracer, Recogniser judge, RunConfig run) throws IOException {
        if (validation == null) {
            var own = people.ownCalibration();
            return new Trusted(
                    own.samples() + " pictures of the gallery looked up among the others, not on traced faces",
                    own,
                    own,
                    List.of("How far scores can be trusted is known of the gallery's genuine pictures only, and"
                            + " nothing of fakes and traced faces: give --validation."));
        }
        var manifest = PairManifest.read(validation);
        var chosen = ValidationPairs.of(run, validation, manifest, people.people());
        var data = new PairDataset(manifest, chosen.rows(), tracer.size());
        var found = Identification.of(tracer, data, judge, people);
        return new Trusted(
                found.pairs() + " test pairs of " + validation.getFileName(),
                found.doNothing().calibration(),
                found.traced().calibration(),
                chosen.warnings());
    }

    private static Ranking ranking(
            String of, Path file, RgbImage picture, Recogniser judge, Gallery people, Calibration calibration)
            throws DataException {
        var square = LabelledFaces.square(picture);
        int side = square.width();
        try (var _ = TensorScope.open()) {
            var face = Tensor.of(Device.cpu(), square.rgb(), Shape.of(1, side, side, 3));
            var vector = Rows.usable(judge.embed(face).toArray(), judge.name(), file + " (" + of + ")");
            return new Ranking(of, picture, people.rank(vector), calibration);
        }
    }

    private static ObjectNode json(Ranking ranking) {
        var node = JsonNodeFactory.instance.objectNode();
        switch (ranking.calibration().of(ranking.ranked().getFirst().score())) {
            case Calibration.Known known ->
                node.put("rightBefore", known.rate()).put("rightBeforeSamples", known.samples());
            case Calibration.Unknown unknown ->
                node.putNull("rightBefore")
                        .put("rightBeforeSamples", 0)
                        .put("outside", unknown.above() ? "above every score seen" : "below every score seen");
        }
        var ranks = node.putArray("ranked");
        ranking.ranked()
                .forEach(m -> ranks.addObject()
                        .put("person", m.person())
                        .put("score", m.score())
                        .put("picture", m.picture().toString()));
        return node;
    }

    private void say(Path file, List<Ranking> rankings) {
        for (var ranking : rankings) {
            var best = ranking.ranked().getFirst();
            shared.say(String.format(
                    Locale.ROOT,
                    "%s, %s: %s (cosine %.3f; such a score was %s)",
                    file,
                    ranking.of(),
                    best.person(),
                    best.score(),
                    ranking.calibration().of(best.score()).words()));
        }
    }
}
