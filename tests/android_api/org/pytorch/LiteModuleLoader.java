package org.pytorch;

/** The part of the public API that the generated apps use, to compile them against. */
public class LiteModuleLoader {
    public static Module load(final String modelPath) { throw new UnsupportedOperationException(); }
}
