package org.junit.function;

/** The part of the public API that the generated apps use, to compile them against. */
public interface ThrowingRunnable {
    void run() throws Throwable;
}
