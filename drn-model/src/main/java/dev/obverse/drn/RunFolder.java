package dev.obverse.drn;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.obverse.drn.data.DataException;
import dev.obverse.nn.checkpoint.AtomicFile;
import dev.obverse.nn.checkpoint.CheckpointFolder;
import dev.obverse.nn.checkpoint.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a training run keeps its files: {@code model.safetensors} (the newest weights), {@code config.json},
 * {@code checkpoint/}, {@code metrics.jsonl}, {@code tensorboard/}, {@code samples/}, {@code report.html}.
 */
public record RunFolder(Path path) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    public Path model() {
        return path.resolve("model.safetensors");
    }

    public Path config() {
        return path.resolve("config.json");
    }

    public CheckpointFolder checkpoint() {
        return new CheckpointFolder(path.resolve("checkpoint"));
    }

    public Path metrics() {
        return path.resolve("metrics.jsonl");
    }

    public Path tensorboard() {
        return path.resolve("tensorboard");
    }

    public Path samples() {
        return path.resolve("samples");
    }

    public Path report() {
        return path.resolve("report.html");
    }

    /** Whether a run has been started here. */
    public boolean isStarted() {
        return Files.exists(config());
    }

    /** Writes {@code config.json}, making the folder if need be. */
    public void write(RunConfig run) throws IOException {
        Files.createDirectories(path);
        AtomicFile.write(config(), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(run));
    }

    /** Reads {@code config.json}. */
    public RunConfig readConfig() throws IOException {
        if (!isStarted()) {
            throw new DataException(path + " is not a run folder: it has no config.json; give the --out folder of a"
                    + " finished or interrupted 'train'");
        }
        try {
            var json = JSON.readTree(config().toFile());
            if (json instanceof ObjectNode run) {
                addWhatOldRunsLack(run);
            }
            return JSON.treeToValue(json, RunConfig.class);
        } catch (JacksonException e) {
            throw new DataException(config() + " cannot be understood: " + e.getOriginalMessage(), e);
        }
    }

    /** Fields that came later, with what held before there was a choice. */
    private static void addWhatOldRunsLack(ObjectNode run) {
        if (!run.has("pairsFingerprint")) {
            run.putNull("pairsFingerprint");
        }
        if (run.path("drn").path("architecture") instanceof ObjectNode architecture && !architecture.has("output")) {
            architecture.put("output", Architecture.Output.IMAGE.name());
        }
    }

    /** The network of this run with its newest weights. */
    public DisentanglingReversingNetwork readNetwork() throws IOException {
        var run = readConfig();
        if (!Files.exists(model())) {
            throw new DataException(path + " has no model.safetensors: the run was interrupted before its first"
                    + " checkpoint; train on with --resume");
        }
        var network = new DisentanglingReversingNetwork(run.drn().architecture(), run.seed());
        Weights.load(model(), network.namedTensors());
        return network;
    }
}
