package dev.obverse.examples.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.obverse.backend.BackendProvider.Finding;
import dev.obverse.backend.Backends;
import dev.obverse.tensor.Device;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code obverse doctor}: what this machine can compute on, and why not on a card. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Says what this machine can compute on: Java, the CPU's kernels, NVIDIA's driver, cards and"
                + " libraries, what was looked for where, and how to mend what is missing. With --device it fails if"
                + " that device cannot be used.")
public final class Doctor implements Callable<Integer> {
    @Mixin
    private final Shared shared = new Shared();

    @Override
    public Integer call() {
        var findings = new ArrayList<Finding>();
        findings.add(new Finding(
                "Java",
                true,
                System.getProperty("java.version") + " in " + System.getProperty("java.home") + ", heap limit "
                        + (Runtime.getRuntime().maxMemory() >> 20) + " MB"));
        findings.add(
                new Finding("system", true, System.getProperty("os.name") + " on " + System.getProperty("os.arch")));
        findings.add(new Finding("cpu", true, Device.cpu().backend().description()));
        findings.addAll(Backends.diagnose("cuda"));
        findings.forEach(f -> shared.say("[%s] %s: %s".formatted(f.fine() ? "ok" : "--", f.subject(), f.text())));
        int usable = Backends.deviceCount("cuda");
        shared.say(
                usable > 0
                        ? "Cards that can be used: " + usable + ", with --device cuda:0"
                        : "No card can be used; everything works on the CPU.");
        shared.result(() -> {
            var json = JsonNodeFactory.instance.objectNode();
            json.put("cards", usable);
            var list = json.putArray("findings");
            findings.forEach(f -> list.addObject()
                    .put("subject", f.subject())
                    .put("fine", f.fine())
                    .put("text", f.text()));
            return json;
        });
        shared.device(); // one that was asked for and cannot be used is a failure
        return 0;
    }
}
