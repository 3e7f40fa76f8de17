package dev.obverse.cuda.dnn;

import dev.obverse.backend.ConvSpec;
import dev.obverse.cuda.device.CudaContext;
import dev.obverse.cuda.device.JCudaCard.Address;
import dev.obverse.cuda.device.Precision;
import dev.obverse.cuda.dnn.Algorithm.Candidate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;

/** Chooses an algorithm for a convolution: the one remembered, else the fastest measured or the first proposed. */
public final class AlgorithmSearch {
    private static final System.Logger LOG = System.getLogger(AlgorithmSearch.class.getName());

    /** More than cuDNN has: eight forward, each tried in up to two math types. */
    private static final int MOST = 20;

    private static final long MOST_WORKSPACE = 1L << 30;
    private static final int DETERMINISTIC = 1;

    private final CudaContext context;
    private final Cudnn cudnn;
    private final Precision precision;
    private final boolean measure;
    private final AlgorithmFile file;

    /**
     * On one card.
     *
     * @param precision what convolutions may round their inputs to
     * @param measure whether to time the algorithms
     * @param file where choices are remembered, for this card and this version of cuDNN only
     */
    public AlgorithmSearch(CudaContext context, Cudnn cudnn, Precision precision, boolean measure, Path file) {
        this.context = context;
        this.cudnn = cudnn;
        this.precision = precision;
        this.measure = measure;
        this.file = new AlgorithmFile(file);
    }

    Precision precision() {
        return precision;
    }

    /** None if cuDNN has no algorithm that will do. The array that the direction makes may be overwritten. */
    Optional<Algorithm> choose(
            Direction direction, ConvLayout layout, ConvSpec s, ConvDescriptors d, Pointer x, Pointer w, Pointer y) {
        var key = direction + " " + layout + " " + precision.name().toLowerCase(Locale.ROOT) + " "
                + s.toString().replaceAll("[^0-9,]", "");
        var remembered = file.get(key).flatMap(a -> stillWorks(direction, d, a));
        if (remembered.isPresent()) {
            return remembered;
        }
        // a power of two, so that every search finds the block of the one before in the pool
        long limit = Long.highestOneBit(Math.min(MOST_WORKSPACE, context.card().memory()[0] / 4));
        var candidates = new ArrayList<Candidate>();
        if (measure) {
            context.withScratch(
                    limit,
                    workspace -> candidates.addAll(measured(direction, d, x, w, y, new Address(workspace), limit)));
        }
        var best = firstThatWorks(direction, d, limit, candidates);
        if (best.isEmpty()) {
            best = firstThatWorks(direction, d, limit, proposed(direction, d));
        }
        best.ifPresent(a -> file.put(key, a));
        return best;
    }

    private Optional<Algorithm> firstThatWorks(
            Direction direction, ConvDescriptors d, long limit, List<Candidate> candidates) {
        return Algorithm.ranked(direction, precision != Precision.FLOAT32, limit, candidates).stream()
                .flatMap(a -> stillWorks(direction, d, a).stream())
                .filter(a -> a.workspace() <= limit)
                .findFirst();
    }

    /** The algorithm with the workspace it needs now; none if cuDNN does not take it for these descriptors. */
    private Optional<Algorithm> stillWorks(Direction direction, ConvDescriptors d, Algorithm a) {
        var bytes = new long[1];
        var h = cudnn.handle();
        int status = switch (direction) {
            case FORWARD ->
                JCudnn.cudnnGetConvolutionForwardWorkspaceSize(
                        h, d.x(), d.w(), d.convolution(), d.y(), a.number(), bytes);
            case INPUT_GRADIENT ->
                JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                        h, d.w(), d.y(), d.convolution(), d.x(), a.number(), bytes);
            case WEIGHT_GRADIENT ->
                JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                        h, d.x(), d.y(), d.convolution(), d.w(), a.number(), bytes);
        };
        return status == 0 ? Optional.of(new Algorithm(a.number(), bytes[0], 0)) : Optional.empty();
    }

    private List<Candidate> measured(
            Direction direction, ConvDescriptors d, Pointer x, Pointer w, Pointer y, Pointer workspace, long bytes) {
        var h = cudnn.handle();
        var count = new int[1];
        return switch (direction) {
            case FORWARD -> {
                var found = forward();
                int status = JCudnn.cudnnFindConvolutionForwardAlgorithmEx(
                        h, d.x(), x, d.w(), w, d.convolution(), d.y(), y, MOST, count, found, workspace, bytes);
                yield candidates(status, found, count[0]);
            }
            case INPUT_GRADIENT -> {
                var found = backwardData();
                int status = JCudnn.cudnnFindConvolutionBackwardDataAlgorithmEx(
                        h, d.w(), w, d.y(), y, d.convolution(), d.x(), x, MOST, count, found, workspace, bytes);
                yield candidates(status, found, count[0]);
            }
            case WEIGHT_GRADIENT -> {
                var found = backwardFilter();
                int status = JCudnn.cudnnFindConvolutionBackwardFilterAlgorithmEx(
                        h, d.x(), x, d.y(), y, d.convolution(), d.w(), w, MOST, count, found, workspace, bytes);
                yield candidates(status, found, count[0]);
            }
        };
    }

    /** By cuDNN's own judgement, without running any. */
    private List<Candidate> proposed(Direction direction, ConvDescriptors d) {
        var h = cudnn.handle();
        var count = new int[1];
        return switch (direction) {
            case FORWARD -> {
                var found = forward();
                int status = JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                        h, d.x(), d.w(), d.convolution(), d.y(), MOST, count, found);
                yield candidates(status, found, count[0]);
            }
            case INPUT_GRADIENT -> {
                var found = backwardData();
                int status = JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                        h, d.w(), d.y(), d.convolution(), d.x(), MOST, count, found);
                yield candidates(status, found, count[0]);
            }
            case WEIGHT_GRADIENT -> {
                var found = backwardFilter();
                int status = JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                        h, d.x(), d.y(), d.convolution(), d.w(), MOST, count, found);
                yield candidates(status, found, count[0]);
            }
        };
    }

    private static cudnnConvolutionFwdAlgoPerf[] forward() {
        var found = new cudnnConvolutionFwdAlgoPerf[MOST];
        Arrays.setAll(found, _ -> new cudnnConvolutionFwdAlgoPerf());
        return found;
    }

    private static cudnnConvolutionBwdDataAlgoPerf[] backwardData() {
        var found = new cudnnConvolutionBwdDataAlgoPerf[MOST];
        Arrays.setAll(found, _ -> new cudnnConvolutionBwdDataAlgoPerf());
        return found;
    }

    private static cudnnConvolutionBwdFilterAlgoPerf[] backwardFilter() {
        var found = new cudnnConvolutionBwdFilterAlgoPerf[MOST];
        Arrays.setAll(found, _ -> new cudnnConvolutionBwdFilterAlgoPerf());
        return found;
    }

    /** A search that fails as a whole has found nothing: cuDNN says so of shapes it does not support. */
    private static List<Candidate> candidates(int status, Object[] found, int count) {
        if (status != 0) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "cuDNN''s search failed with status {0}, {1}",
                    Integer.toString(status),
                    JCudnn.cudnnGetErrorString(status));
        }
        var list = new ArrayList<Candidate>();
        for (int i = 0; status == 0 && i < count; i++) {
            list.add(candidate(found[i], i));
        }
        return list;
    }

    private static Candidate candidate(Object found, int order) {
        return switch (found) {
            case cudnnConvolutionFwdAlgoPerf p -> candidate(p.status, p.determinism, p.algo, p.memory, p.time, order);
            case cudnnConvolutionBwdDataAlgoPerf p ->
                candidate(p.status, p.determinism, p.algo, p.memory, p.time, order);
            case cudnnConvolutionBwdFilterAlgoPerf p ->
                candidate(p.status, p.determinism, p.algo, p.memory, p.time, order);
            default -> throw new IllegalArgumentException("not a result of cuDNN's search: " + found);
        };
    }

    private static Candidate candidate(int status, int determinism, int number, long workspace, float time, int order) {
        float milliseconds = time > 0 ? time : order;
        return new Candidate(status, determinism == DETERMINISTIC, new Algorithm(number, workspace, milliseconds));
    }
}
