package dev.obverse.cuda.kernel;

import dev.obverse.cuda.device.CudaException;
import dev.obverse.cuda.device.Status;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;

/** Compiles kernel files by NVRTC, whose library must have been loaded; neither a card nor its driver is needed. */
public final class KernelCompiler implements Modules.Compiler {
    private final String version;

    public KernelCompiler() {
        var major = new int[1];
        var minor = new int[1];
        check("nvrtcVersion", JNvrtc.nvrtcVersion(major, minor));
        version = major[0] + "." + minor[0];
    }

    /** NVRTC's, {@code 12.6}. */
    public String version() {
        return version;
    }

    private static void check(String call, int status) {
        Status.check(call, status, JNvrtc::nvrtcGetErrorString);
    }

    @Override
    public byte[] compile(KernelFile file, String architecture) {
        var program = new nvrtcProgram();
        check(
                "nvrtcCreateProgram of " + file.fileName(),
                JNvrtc.nvrtcCreateProgram(program, file.text(), file.fileName(), 0, null, null));
        try {
            var options = new String[] {"--gpu-architecture=" + architecture};
            int status = JNvrtc.nvrtcCompileProgram(program, options.length, options);
            if (status != 0) {
                var log = new String[1];
                JNvrtc.nvrtcGetProgramLog(program, log);
                throw new CudaException(
                        "nvrtcCompileProgram of " + file.fileName() + " for " + architecture + " by NVRTC " + version,
                        status,
                        JNvrtc.nvrtcGetErrorString(status) + ": "
                                + String.valueOf(log[0]).strip());
            }
            var size = new long[1];
            check("nvrtcGetCUBINSize", JNvrtc.nvrtcGetCUBINSize(program, size));
            var code = new byte[(int) size[0]];
            check("nvrtcGetCUBIN", JNvrtc.nvrtcGetCUBIN(program, code));
            return code;
        } finally {
            JNvrtc.nvrtcDestroyProgram(program);
        }
    }
}
