package android.content.res;

/** The part of the public API that the generated apps use, to compile them against. */
public final class AssetManager {
    public String[] list(String path) throws java.io.IOException { throw new UnsupportedOperationException(); }
    public java.io.InputStream open(String name) throws java.io.IOException { throw new UnsupportedOperationException(); }
}
