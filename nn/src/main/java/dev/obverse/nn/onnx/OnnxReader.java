package dev.obverse.nn.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.obverse.autograd.NoGrad;
import dev.obverse.nn.onnx.op.ElementType;
import dev.obverse.nn.onnx.op.Inputs;
import dev.obverse.nn.onnx.op.Limits;
import dev.obverse.nn.onnx.op.Node;
import dev.obverse.nn.onnx.op.Operators;
import dev.obverse.nn.onnx.op.Step;
import dev.obverse.nn.onnx.op.Value;
import dev.obverse.tensor.Device;
import dev.obverse.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * From the bytes of an ONNX file to a plan: checks the graph, computes what is constant, prepares the rest.
 *
 * <p>A file is not trusted. It cannot make this allocate more than a few times its own size: tensors are as large as
 * their data, folded constants have a budget, and so have weights in another order.
 */
final class OnnxReader {
    /** Makes a parameter of a name and a value. */
    interface Parameters {
        Supplier<Tensor> declare(String name, Tensor value);
    }

    private static final int SMALL = 1024;

    private final String name;
    private final ModelProto model;
    private final TensorReader tensors;
    private final Map<String, Value> constants = new HashMap<>();
    private final Map<String, Integer> slots = new HashMap<>();
    private final List<OnnxModule.Placed> steps = new ArrayList<>();
    private final Map<String, OnnxModule.Known> known = new HashMap<>();
    private final Map<String, Supplier<Tensor>> weights = new HashMap<>();
    private long budget;
    private int opset;

    private OnnxReader(String name, ModelProto model, TensorReader tensors) {
        this.name = name;
        this.model = model;
        this.tensors = tensors;
    }

    static OnnxReader open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + (Files.exists(file) ? " is not a file" : " does not exist"));
        }
        if (Files.size(file) > Integer.MAX_VALUE - 8) {
            throw new IOException(file + " is larger than the 2 GB that an ONNX file may have; keep its weights in"
                    + " external data");
        }
        var folder = file.toAbsolutePath().getParent();
        return new OnnxReader(
                file.toString(), parse(file.toString(), Files.readAllBytes(file)), new TensorReader(folder));
    }

    static OnnxReader of(byte[] content) throws IOException {
        return new OnnxReader("This content", parse("This content", content), new TensorReader(null));
    }

    private static ModelProto parse(String name, byte[] content) throws IOException {
        try {
            return ModelProto.parseFrom(content);
        } catch (InvalidProtocolBufferException e) {
            throw new IOException(name + " is not an ONNX file, or a damaged one: it cannot be read as protobuf", e);
        }
    }

    /** Reads the graph; weights become parameters. */
    OnnxModule.Plan plan(Parameters parameters) throws IOException {
        try (var _ = NoGrad.open()) {
            return read(parameters);
        } catch (UncheckedIOException e) {
            throw new IOException(name + ": " + (e.getCause() == null ? e : e.getCause()).getMessage(), e);
        } catch (IOException | IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }

    private OnnxModule.Plan read(Parameters parameters) throws IOException {
        var graph = model.getGraph();
        opset = opset();
        if (graph.getSparseInitializerCount() > 0) {
            throw new IOException("its sparse initialisers are not supported");
        }
        long elements = 0;
        for (var tensor : graph.getInitializerList()) {
            var value = tensors.read(tensor);
            elements += value.shape().size();
            if (tensor.getName().isEmpty() || constants.put(tensor.getName(), value) != null) {
                throw new IOException("the initialiser '" + tensor.getName() + "' has no name or one that is taken");
            }
        }
        budget = 4 * elements + 4L * model.getSerializedSize() + (1 << 20);
        var inputs = inputs(graph);
        var nodes = Fusion.apply(withoutConstants(graph), graph.getOutputList(), constants, opset);
        var produced = produced(nodes);
        for (int i = 0; i < nodes.size(); i++) {
            add(nodes.get(i), i, produced, parameters);
        }
        var outputSlots = new int[graph.getOutputCount()];
        var outputs = new ArrayList<OnnxInput>();
        if (outputSlots.length == 0) {
            throw new IOException("its graph has no output");
        }
        for (int i = 0; i < outputSlots.length; i++) {
            outputs.add(described(graph.getOutput(i)));
            outputSlots[i] = slotToRead(graph.getOutput(i).getName(), "the graph's output", produced, parameters);
        }
        return new OnnxModule.Plan(
                List.copyOf(steps),
                List.copyOf(known.values()),
                inputs.stream().map(OnnxReader::described).toList(),
                types(inputs),
                inputs.stream()
                        .mapToInt(v -> slots.getOrDefault(v.getName(), -1))
                        .toArray(),
                List.copyOf(outputs),
                outputSlots,
                slots.size(),
                lastUse(outputSlots));
    }

    /** The nodes that compute something: what Constant and Identity give is known before nodes are drawn together. */
    private List<NodeProto> withoutConstants(GraphProto graph) throws IOException {
        var left = new ArrayList<NodeProto>();
        for (var node : graph.getNodeList()) {
            boolean constant = isStandard(node.getDomain())
                    && (node.getOpType().equals("Constant")
                            || (node.getOpType().equals("Identity")
                                    && node.getInputList().stream().allMatch(constants::containsKey)));
            try {
                if (!constant || !fold(node)) {
                    left.add(node);
                }
            } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
                throw new IOException(describe(node) + ": " + e.getMessage(), e);
            }
        }
        return left;
    }

    private int opset() throws IOException {
        for (var set : model.getOpsetImportList()) {
            if (isStandard(set.getDomain())) {
                if (set.getVersion() < Operators.OLDEST || set.getVersion() > Operators.NEWEST) {
                    throw new IOException("its opset " + set.getVersion() + " is not supported, only "
                            + Operators.OLDEST + " to " + Operators.NEWEST + "; export it anew with one of those");
                }
                return (int) set.getVersion();
            }
        }
        throw new IOException("it does not say which opset of ONNX it uses; it may be another kind of file");
    }

    private static boolean isStandard(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }

    /** What a caller must give: older files list the initialisers as inputs too. */
    private List<ValueInfoProto> inputs(GraphProto graph) throws IOException {
        var inputs = new ArrayList<ValueInfoProto>();
        for (var input : graph.getInputList()) {
            if (!constants.containsKey(input.getName())) {
                if (slots.put(input.getName(), slots.size()) != null) {
                    throw new IOException("it has two inputs '" + input.getName() + "'");
                }
                inputs.add(input);
            }
        }
        return inputs;
    }

    private static List<ElementType> types(List<ValueInfoProto> inputs) {
        return inputs.stream()
                .map(v -> ElementType.of(v.getType().getTensorType().getElemType()))
                .toList();
    }

    private static OnnxInput described(ValueInfoProto value) {
        var extents = value.getType().getTensorType().getShape().getDimList().stream()
                .map(d -> d.hasDimValue() && d.getDimValue() > 0 ? Value.toInt(d.getDimValue()) : -1)
                .toList();
        return new OnnxInput(value.getName(), extents);
    }

    /** Which node gives each value, by index. */
    private static Map<String, Integer> produced(List<NodeProto> nodes) {
        var produced = new HashMap<String, Integer>();
        for (int i = 0; i < nodes.size(); i++) {
            for (var output : nodes.get(i).getOutputList()) {
                produced.putIfAbsent(output, i);
            }
        }
        return produced;
    }

    private String describe(NodeProto proto) {
        var what = proto.getName().isEmpty()
                ? proto.getOutputCount() == 0 ? "" : " that gives '" + proto.getOutput(0) + "'"
                : " '" + proto.getName() + "'";
        return "node" + what + " (" + proto.getOpType() + ", opset " + opset + ")";
    }

    private void add(NodeProto proto, int index, Map<String, Integer> produced, Parameters parameters)
            throws IOException {
        var operator = isStandard(proto.getDomain()) ? Operators.find(proto.getOpType()) : null;
        if (operator == null) {
            var domain = isStandard(proto.getDomain()) ? "" : " of the domain '" + proto.getDomain() + "'";
            throw new IOException(describe(proto) + ": the operator " + proto.getOpType() + domain
                    + " is not supported; supported are " + String.join(", ", Operators.names()));
        }
        for (var attribute : proto.getAttributeList()) {
            if (attribute.getType() == AttributeProto.AttributeType.GRAPH) {
                throw new IOException(describe(proto) + ": graphs within nodes are not supported");
            }
        }
        boolean allConstant = true;
        long inputElements = 0;
        for (var input : proto.getInputList()) {
            if (!input.isEmpty()) {
                check(input, describe(proto), index, produced);
                var constant = constants.get(input);
                allConstant &= constant != null;
                inputElements += constant == null ? 0 : constant.shape().size();
            }
        }
        try {
            boolean small = inputElements <= SMALL || Operators.keepsSize(proto.getOpType());
            if (allConstant && small && fold(proto)) {
                return;
            }
            place(proto, parameters);
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw new IOException(describe(proto) + ": " + e.getMessage(), e);
        }
    }

    private void check(String input, String reader, int index, Map<String, Integer> produced) throws IOException {
        if (!constants.containsKey(input) && !slots.containsKey(input)) {
            var from = produced.get(input);
            throw new IOException(reader + " reads '" + input + "', "
                    + (from == null
                            ? "which is no input, no initialiser and no result of a node"
                            : from >= index
                                    ? "which only a later node gives: the graph is not in order or has a cycle"
                                    : "which is not computed"));
        }
    }

    /** Computes a node whose inputs are all known; false if the result would be large. */
    private boolean fold(NodeProto proto) {
        var node = node(proto, constants::get, (input, order, value) -> value);
        try {
            var results = Limits.folding(() -> {
                var step = Operators.find(proto.getOpType());
                return step == null ? new Value[0] : step.prepare(node).run(new Inputs(Device.cpu(), given(proto)));
            });
            for (int i = 0; i < proto.getOutputCount(); i++) {
                if (!proto.getOutput(i).isEmpty()) {
                    spend(results[i].shape().size());
                    define(proto.getOutput(i));
                    constants.put(proto.getOutput(i), results[i]);
                }
            }
            return true;
        } catch (Limits.TooLarge e) {
            return false;
        }
    }

    private @Nullable Value[] given(NodeProto proto) {
        return proto.getInputList().stream()
                .map(input -> input.isEmpty() ? null : constants.get(input))
                .toArray(Value[]::new);
    }

    private Node node(NodeProto proto, Function<String, @Nullable Value> lookup, Node.Weights declared) {
        return new Node(
                proto,
                opset,
                lookup,
                tensor -> {
                    try {
                        return tensors.read(tensor);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                declared);
    }

    private void place(NodeProto proto, Parameters parameters) throws IOException {
        var operator = Operators.find(proto.getOpType());
        var node = node(proto, constants::get, (input, order, value) -> weight(input, order, value, parameters));
        Step step = operator == null ? inputs -> new Value[0] : operator.prepare(node);
        var inputs = new int[proto.getInputCount()];
        for (int i = 0; i < inputs.length; i++) {
            var input = proto.getInput(i);
            inputs[i] = input.isEmpty() || node.isClaimed(i) ? -1 : slotOf(input, parameters);
        }
        var outputs = new int[proto.getOutputCount()];
        for (int i = 0; i < outputs.length; i++) {
            var output = proto.getOutput(i);
            if (!output.isEmpty()) {
                define(output);
                slots.put(output, slots.size());
            }
            outputs[i] = output.isEmpty() ? -1 : slots.getOrDefault(output, -1);
        }
        steps.add(new OnnxModule.Placed(describe(proto), proto.getOpType().equals("Conv"), step, inputs, outputs));
    }

    private void define(String output) {
        if (constants.containsKey(output) || slots.containsKey(output)) {
            throw new IllegalArgumentException("it gives '" + output + "', which there is already");
        }
    }

    private void spend(long elements) {
        budget -= elements;
        if (budget < 0) {
            throw new IllegalArgumentException(
                    "the graph's constants would take many times as much memory as the file");
        }
    }

    private Supplier<Tensor> weight(String input, String order, Supplier<Tensor> value, Parameters parameters) {
        var key = input + "\n" + order;
        var known = weights.get(key);
        if (known == null) {
            var tensor = value.get();
            spend(tensor.size());
            known = parameters.declare(input, tensor);
            weights.put(key, known);
        }
        return known;
    }

    /** The number of a value; a constant becomes one that each pass begins with. */
    private int slotOf(String value, Parameters parameters) {
        var constant = constants.get(value);
        if (constant == null) {
            return slots.getOrDefault(value, -1);
        }
        var found = known.get(value);
        if (found == null) {
            slots.put(value, slots.size());
            Supplier<Value> supplier = () -> constant;
            if (constant.type().isFloat()) {
                var tensor = weight(value, "", constant::plain, parameters);
                supplier = () -> Value.plain(constant.type(), tensor.get());
            }
            found = new OnnxModule.Known(slots.getOrDefault(value, -1), supplier);
            known.put(value, found);
        }
        return found.slot();
    }

    private int slotToRead(String value, String reader, Map<String, Integer> produced, Parameters parameters)
            throws IOException {
        check(value, reader, Integer.MAX_VALUE, produced);
        return slotOf(value, parameters);
    }

    private int[] lastUse(int[] outputSlots) {
        var last = new int[slots.size()];
        Arrays.fill(last, -1);
        for (int i = 0; i < steps.size(); i++) {
            for (int slot : steps.get(i).inputs()) {
                if (slot >= 0) {
                    last[slot] = i;
                }
            }
        }
        for (int slot : outputSlots) {
            last[slot] = Integer.MAX_VALUE;
        }
        return last;
    }
}
