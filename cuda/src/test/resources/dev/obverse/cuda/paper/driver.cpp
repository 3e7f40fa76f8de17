// The driver's cards and contexts; modules, whose machine code is the name of a library that nvrtc.cpp made, and
// launches.
#include <dlfcn.h>
#include <stdio.h>

#include <string>

#include "paper.h"

API int cuInit(unsigned flags) {
    initialized = flags == 0;
    return flags != 0;
}
API int cuDriverGetVersion(int* version) { return *version = 12060, 0; }
API int cuDeviceGetCount(int* count) { return *count = CARDS, initialized ? 0 : 3; }
API int cuDeviceGet(int* device, int ordinal) {
    if (ordinal < 0 || ordinal >= CARDS) return 101;
    return *device = ordinal + 40, 0;  // a device is a handle, not its number
}
API int cuDeviceGetName(char* name, int length, int device) { return snprintf(name, length, "Paper %d", device - 40), 0; }
API int cuDeviceGetAttribute(int* value, int which, int device) {
    if (device < 40) return 101;
    *value = which == 75 ? 9 : 0;
    return which == 75 || which == 76 ? 0 : INVALID_VALUE;
}
API int cuDeviceTotalMem_v2(size_t* bytes, int) { return *bytes = MEMORY, 0; }
API int cuDevicePrimaryCtxRetain(void** context, int device) {
    if (device < 40 || device >= 40 + CARDS) return 101;
    auto c = &contexts[device - 40];
    c->card = device - 40;
    c->retained++;
    *context = c;
    return 0;
}
API int cuDevicePrimaryCtxRelease_v2(int device) { return contexts[device - 40].retained--, 0; }
API int cuCtxSetCurrent(void* context) { return current = (Context*)context, 0; }
API int cuGetErrorString(int status, const char** text) {
    static std::map<int, std::string> texts;
    *text = (texts[status] = "paper's status " + std::to_string(status)).c_str();
    return 0;
}

struct Function {
    Context* context;
    void (*run)(int, int, int, int, void**);
    void** (*save)(void**);
};

API int cuModuleLoadData(void** module, const void* image) {
    ENTER;
    if (*(const unsigned char*)image != '@') return 200;
    std::string path((const char*)image + 1);
    *module = dlopen(path.substr(0, path.find('\n')).c_str(), RTLD_NOW);
    if (!*module) fprintf(stderr, "%s\n", dlerror());
    return *module ? 0 : 200;
}
API int cuModuleGetFunction(void** function, void* module, const char* name) {
    ENTER;
    std::string n = name;
    auto f = new Function{current, (void (*)(int, int, int, int, void**))dlsym(module, ("run_" + n).c_str()),
                          (void** (*)(void**))dlsym(module, ("save_" + n).c_str())};
    *function = f;
    return f->run && f->save ? 0 : NOT_FOUND;
}
API int cuModuleUnload(void*) { return 0; }
API int cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                       unsigned shared, void* stream, void** parameters, void** extra) {
    ENTER;
    auto s = stream_of(stream);
    auto f = (Function*)function;
    if (!s || f->context != current) return INVALID_HANDLE;
    if (extra || shared || gx < 1 || gx > 0x7fffffff || gy < 1 || gy > 65535 || gz != 1 || bx < 1 || bx * by * bz > 1024 || bz != 1)
        return INVALID_VALUE;
    void** saved = f->save(parameters);  // a launch copies its parameters
    s->start([=] { f->run(gx, gy, bx, by, saved); });
    return 0;
}
