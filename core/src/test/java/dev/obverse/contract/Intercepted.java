package dev.obverse.contract;

import dev.obverse.backend.Backend;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;

/** A backend that lets somebody watch, or change, every call of a kernel. */
final class Intercepted {
    /** Called instead of a kernel; usually calls it. */
    @FunctionalInterface
    interface Interceptor {
        Object call(Object kernels, Method kernel, Object[] arguments) throws Throwable;
    }

    private Intercepted() {}

    static Backend backend(Backend backend, Interceptor interceptor) {
        return proxy(Backend.class, (proxy, method, arguments) -> {
            var family = invoke(backend, method, arguments);
            var type = method.getReturnType();
            return type.isInterface()
                    ? proxy(
                            offered(type, family),
                            (p, kernel, given) -> interceptor.call(family, kernel, given == null ? NONE : given))
                    : family;
        });
    }

    private static final Object[] NONE = {};

    /** A backend may offer more than the contract asks of a family. */
    private static Class<?> offered(Class<?> family, Object kernels) {
        return Arrays.stream(kernels.getClass().getInterfaces())
                .filter(family::isAssignableFrom)
                .findFirst()
                .orElse(family);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** Calls the kernel, and throws what it throws. */
    static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            method.setAccessible(true);
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
