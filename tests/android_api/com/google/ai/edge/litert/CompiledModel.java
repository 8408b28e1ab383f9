package com.google.ai.edge.litert;

import java.util.List;

/** The part of the public API that the generated apps use, to compile them against. */
public final class CompiledModel implements AutoCloseable {
    public static final class Options {
        public static final Options CPU = new Options();
    }

    public static CompiledModel create(String filePath, Options options) { throw new UnsupportedOperationException(); }
    public List<TensorBuffer> createInputBuffers() { throw new UnsupportedOperationException(); }
    public List<TensorBuffer> createOutputBuffers() { throw new UnsupportedOperationException(); }
    public void run(List<TensorBuffer> inputs, List<TensorBuffer> outputs) { throw new UnsupportedOperationException(); }
    public void close() { throw new UnsupportedOperationException(); }
}
