package dev.obverse.drn;

import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.PairBatch;
import dev.obverse.drn.data.PairDataset;
import dev.obverse.nn.Parameter;
import dev.obverse.nn.checkpoint.Checkpoint;
import dev.obverse.nn.checkpoint.SafeTensorsWriter;
import dev.obverse.nn.checkpoint.Weights;
import dev.obverse.nn.data.DataLoader;
import dev.obverse.nn.data.Dataset;
import dev.obverse.nn.data.LoaderOptions;
import dev.obverse.nn.optim.Adam;
import dev.obverse.nn.optim.Optimizer;
import dev.obverse.nn.optim.Schedule;
import dev.obverse.nn.train.Loss;
import dev.obverse.nn.train.TrainListener;
import dev.obverse.nn.train.Trainer;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Trains a network in a {@link RunFolder}, from its beginning or on from its newest checkpoint; both give the same
 * bits.
 */
public final class TrainingRun {
    private final RunFolder folder;
    private final RunConfig run;
    private final DisentanglingReversingNetwork network;
    private final DrnLoss loss;
    private final Trainer<PairBatch> trainer;

    private TrainingRun(RunFolder folder, RunConfig run, Device device) {
        this.folder = folder;
        this.run = run;
        network = new DisentanglingReversingNetwork(run.drn().architecture(), run.seed());
        network.to(device);
        loss = new DrnLoss(run.drn().objective());
        trainer = new Trainer<PairBatch>(network, optimizer(), this::inputs, this::loss).schedule(schedule());
        if (run.drn().optimization().clipNorm() > 0) {
            trainer.clipNorm(run.drn().optimization().clipNorm());
        }
    }

    /** A new run with random weights; writes {@code config.json}. */
    public static TrainingRun start(RunFolder folder, RunConfig run, Device device) throws IOException {
        return start(folder, run, device, null);
    }

    /**
     * A new run that begins with the weights of a file; writes {@code config.json}, and a checkpoint, without which a
     * resumed run would begin with random weights.
     */
    public static TrainingRun start(RunFolder folder, RunConfig run, Device device, @Nullable Path weights)
            throws IOException {
        if (folder.isStarted()) {
            throw new DataException(
                    folder.path() + " already holds a run: choose another --out, or go on with --resume");
        }
        var started = new TrainingRun(folder, run, device);
        if (weights == null) {
            folder.write(run);
        } else {
            Weights.load(weights, started.network.namedTensors());
            folder.write(run);
            started.save();
        }
        return started;
    }

    /** A run as its newest checkpoint left it, or at its beginning if there is none yet. */
    public static TrainingRun resume(RunFolder folder, Device device) throws IOException {
        var resumed = new TrainingRun(folder, folder.readConfig(), device);
        var newest = folder.checkpoint().newest();
        if (newest.isPresent()) {
            resumed.restore(newest.get());
        }
        return resumed;
    }

    private Optimizer optimizer() {
        var o = run.drn().optimization();
        SequencedMap<String, Parameter> heads = new LinkedHashMap<>();
        SequencedMap<String, Parameter> rest = new LinkedHashMap<>();
        network.namedParameters().forEach((name, p) -> (name.contains(".head.") ? heads : rest).put(name, p));
        var groups =
                List.of(new Optimizer.Group(rest, o.lr(), 0), new Optimizer.Group(heads, o.lr() * o.headRate(), 0));
        return new Adam(groups, o.beta1(), o.beta2(), 1e-8);
    }

    private Schedule schedule() {
        var o = run.drn().optimization();
        var schedule = o.decay() ? Schedule.cosine(Math.max(1, run.steps() - o.warmup()), 0) : Schedule.constant();
        return o.warmup() > 0 ? schedule.afterWarmUp(o.warmup()) : schedule;
    }

    public DisentanglingReversingNetwork network() {
        return network;
    }

    public RunConfig config() {
        return run;
    }

    /** Optimiser steps done. */
    public long steps() {
        return trainer.steps();
    }

    /** The loss of a batch, recorded for backward. */
    public Loss loss(PairBatch batch) {
        return loss(inputs(batch));
    }

    private List<Tensor> inputs(PairBatch batch) {
        var device = network.parameters().getFirst().value().device();
        return List.of(batch.original(device), batch.recognised(device), batch.fake(device));
    }

    private Loss loss(List<Tensor> inputs) {
        return loss.of(inputs.get(0), inputs.get(1), network.forward(inputs.get(0), inputs.get(2)));
    }

    /**
     * Trains until the planned number of steps is done or a listener stops it.
     *
     * @param recognised z_pre of each pair's original
     */
    public void fit(PairDataset pairs, float[][] recognised, TrainListener... listeners) {
        int embedding = run.drn().architecture().embedding();
        if (recognised.length != pairs.size() || recognised[0].length != embedding) {
            throw new IllegalArgumentException(
                    "The network makes identity vectors of length " + embedding + " and there"
                            + " are " + pairs.size() + " pairs, but the recogniser gave " + recognised.length
                            + " embeddings of length " + recognised[0].length);
        }
        if (steps() >= run.steps()) {
            return;
        }
        for (var listener : listeners) {
            trainer.listener(listener);
        }
        trainer.listener(new TrainListener() {
            @Override
            public boolean shouldStop(long steps) {
                return steps >= run.steps();
            }
        });
        int batch = Math.min(run.drn().optimization().batch(), pairs.size());
        var collator = PairBatch.collator(pairs.imageSize(), embedding);
        var options = LoaderOptions.batchesOf(batch).shuffled(run.seed()).dropLast(true);
        try (var loader = new DataLoader<>(samples(pairs, recognised), collator, options)) {
            trainer.fit((epoch, skip) -> loader.epoch(Math.toIntExact(epoch), Math.toIntExact(skip)), Long.MAX_VALUE);
        }
    }

    private static Dataset<PairBatch.Sample> samples(PairDataset pairs, float[][] recognised) {
        return new Dataset<>() {
            @Override
            public int size() {
                return pairs.size();
            }

            @Override
            public PairBatch.Sample get(int index) throws IOException {
                return new PairBatch.Sample(pairs.get(index), recognised[index]);
            }
        };
    }

    /**
     * Saves everything needed to go on, then the weights by themselves. Between steps: from a listener, or after fit.
     */
    public void save() throws IOException {
        folder.checkpoint().save(trainer.state());
        SafeTensorsWriter.write(folder.model(), network.namedTensors(), Map.of("step", Long.toString(steps())));
    }

    private void restore(Checkpoint checkpoint) throws IOException {
        try {
            trainer.restore(checkpoint.read(Device.cpu()));
        } catch (IllegalArgumentException e) {
            throw new DataException(
                    "The checkpoint in " + folder.path() + " does not fit its config.json: " + e.getMessage(), e);
        }
    }
}
