package dev.obverse.nn.checkpoint;

import dev.obverse.nn.Module;
import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.ConvTranspose2d;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Fills a module with PyTorch's weights, by name. What PyTorch keeps in another order is brought into ours: weights of
 * convolutions from {@code [out,in,h,w]}, of transposed ones from {@code [in,out,h,w]} to {@code [h,w,in,out]}, and,
 * where it is told, of a fully connected layer that follows a flatten from channels first to channels last.
 *
 * <pre>{@code
 * var report = WeightImport.of(PyTorchFile.read(file))
 *         .rename(name -> name.replaceFirst("^module\\.", ""))
 *         .flattened("head.weight", 512, 7, 7)
 *         .into(network);
 * }</pre>
 */
public final class WeightImport {
    /** Reads the values of one tensor. */
    private interface Values {
        float[] read() throws IOException;
    }

    private record Source(String name, String type, Shape shape, Values values) {
        /** As it is listed where nothing was made of it: {@code bn.num_batches_tracked (I64)}, but plain floats. */
        String listed() {
            return DType.of(type).isReadable() ? name : name + " (" + type + ")";
        }
    }

    /**
     * What became of one tensor of the module.
     *
     * @param from its name in the file
     * @param shape that it has there
     * @param change of the order of its elements; empty if there was none
     */
    public record Mapped(String name, String from, Shape shape, String change) {}

    /**
     * What was done.
     *
     * @param unused names of the file that nothing was made of, with the type of those that are no floats
     */
    public record Report(List<Mapped> mapped, List<String> unused) {
        public Report {
            mapped = List.copyOf(mapped);
            unused = List.copyOf(unused);
        }

        /** A line for each tensor. */
        @Override
        public String toString() {
            var text = new StringBuilder();
            for (var m : mapped) {
                text.append(m.name).append(" <- ").append(m.from).append(' ').append(m.shape);
                text.append(m.change.isEmpty() ? "" : ", " + m.change).append('\n');
            }
            unused.forEach(name -> text.append("unused: ").append(name).append('\n'));
            return text.toString();
        }
    }

    private final String file;
    private final List<Source> sources;
    private final Map<String, int[]> flattened = new LinkedHashMap<>();
    private UnaryOperator<String> rename = UnaryOperator.identity();
    private boolean mayLeaveOut;

    private WeightImport(String file, List<Source> sources) {
        this.file = file;
        this.sources = sources;
    }

    /** Of a PyTorch file. */
    public static WeightImport of(PyTorchFile file) {
        var sources = new ArrayList<Source>();
        file.tensors()
                .forEach((name, t) -> sources.add(new Source(name, t.dtype().name(), t.shape(), t::floats)));
        return new WeightImport(file.file().toString(), sources);
    }

    /**
     * Of a safetensors file, which must be open until {@link #into} has returned. Integers and unknown types are listed
     * as unused, and only refused where the module needs what they are called.
     */
    public static WeightImport of(SafeTensors file) {
        var sources = new ArrayList<Source>();
        file.entries().forEach((name, e) -> sources.add(new Source(name, e.type(), e.shape(), () -> file.read(name))));
        return new WeightImport(file.file().toString(), sources);
    }

    /** Turns the file's names into the module's; an empty name leaves a tensor out. Applied in the order given. */
    public WeightImport rename(UnaryOperator<String> more) {
        var before = rename;
        rename = name -> more.apply(before.apply(name));
        return this;
    }

    /** Takes only names that begin with this, and cuts it off: {@code model_state_dict.} for instance. */
    public WeightImport prefix(String prefix) {
        return rename(name -> name.startsWith(prefix) ? name.substring(prefix.length()) : "");
    }

    /** Says that the weight {@code [out,c*h*w]} of this name follows a flatten of {@code [c,h,w]}. */
    public WeightImport flattened(String name, int c, int h, int w) {
        flattened.put(name, new int[] {c, h, w});
        return this;
    }

    /** Lets tensors of the module that the file does not have stay as they are; one at least must be there. */
    public WeightImport partly() {
        mayLeaveOut = true;
        return this;
    }

    /**
     * Fills a module. Nothing is changed unless everything fits.
     *
     * @throws IOException naming the first tensor that is missing or of another shape, or if none is in the file
     * @throws IllegalArgumentException for a name given to {@link #flattened} that the module does not have
     */
    public Report into(Module module) throws IOException {
        for (var name : flattened.keySet()) {
            if (!module.namedTensors().containsKey(name)) {
                throw new IllegalArgumentException("'" + name + "' is said to follow a flatten, but the module has no"
                        + " tensor of that name; it has "
                        + module.namedTensors().keySet());
            }
        }
        var byName = new LinkedHashMap<String, Source>();
        var unused = new ArrayList<String>();
        for (var source : sources) {
            var name = rename.apply(source.name);
            if (name.isEmpty() || byName.putIfAbsent(name, source) != null) {
                unused.add(source.listed());
            }
        }
        var orders = new LinkedHashMap<String, Order>();
        orders("", module, orders);
        var read = new ArrayList<Map.Entry<Tensor, Tensor>>();
        var mapped = new ArrayList<Mapped>();
        for (var target : module.namedTensors().entrySet()) {
            var name = target.getKey();
            var source = byName.remove(name);
            if (source == null && !mayLeaveOut) {
                throw new IOException(file + " has nothing for '" + name + "' "
                        + target.getValue().shape() + "; left over in it are " + unusedNames(byName));
            }
            if (source != null) {
                var order = flattened.containsKey(name) ? flatten(name) : orders.get(name);
                read.add(Map.entry(
                        target.getValue(),
                        tensor(name, source, order, target.getValue().shape())));
                mapped.add(new Mapped(name, source.name, source.shape, order == null ? "" : order.name));
            }
        }
        if (mayLeaveOut && mapped.isEmpty()) {
            throw new IOException(file + " has nothing for this module, whose tensors are "
                    + module.namedTensors().keySet().stream().limit(20).toList() + "; left over in it are "
                    + unusedNames(byName) + ": give the prefix or the names that differ");
        }
        read.forEach(pair -> pair.getKey().set(pair.getValue()));
        byName.values().forEach(source -> unused.add(source.listed()));
        return new Report(mapped, unused);
    }

    private static List<String> unusedNames(SequencedMap<String, Source> left) {
        return left.values().stream().map(Source::listed).limit(20).toList();
    }

    /** A change of the order of elements. */
    private record Order(String name, UnaryOperator<Tensor> change) {}

    private static final Order CONVOLUTION = new Order("[out,in,h,w] to [h,w,in,out]", w -> w.permute(2, 3, 1, 0));
    private static final Order TRANSPOSED = new Order("[in,out,h,w] to [h,w,in,out]", w -> w.permute(2, 3, 0, 1));

    private static void orders(String path, Module module, Map<String, Order> orders) {
        if (module instanceof Conv2d) {
            orders.put(path + "weight", CONVOLUTION);
        } else if (module instanceof ConvTranspose2d) {
            orders.put(path + "weight", TRANSPOSED);
        }
        module.children().forEach((name, child) -> orders(path + name + ".", child, orders));
    }

    private Order flatten(String name) {
        var chw = flattened.getOrDefault(name, new int[3]);
        return new Order(
                "[out,c*h*w] to [out,h*w*c]",
                w -> w.reshape(w.dim(0), chw[0], chw[1], chw[2])
                        .permute(0, 2, 3, 1)
                        .flatten(1));
    }

    private Tensor tensor(String name, Source source, @Nullable Order order, Shape expected) throws IOException {
        var tensor = Tensor.of(Device.cpu(), source.values.read(), source.shape);
        try {
            // One spatial axis is an image of height 1.
            var image = order != null && tensor.rank() == 3
                    ? tensor.reshape(tensor.dim(0), tensor.dim(1), 1, tensor.dim(2))
                    : tensor;
            var changed = order == null ? image : order.change.apply(image);
            if (changed.shape().equals(expected)) {
                return changed;
            }
        } catch (IllegalArgumentException e) {
            // another number of axes: said below
        }
        throw new IOException(file + ": '" + source.name + "' has shape " + source.shape
                + (order == null ? "" : ", which is turned from " + order.name) + ", but '" + name + "' needs "
                + expected);
    }
}
