package org.pytorch.executorch;

/** The part of the public API that the generated apps use, to compile them against. */
public class Module implements java.io.Closeable {
    public static Module load(String modelPath) { throw new UnsupportedOperationException(); }
    public EValue[] forward(EValue... inputs) { throw new UnsupportedOperationException(); }
    public void destroy() { throw new UnsupportedOperationException(); }
    public void close() { throw new UnsupportedOperationException(); }
}
