package android.content;

/** The part of the public API that the generated apps use, to compile them against. */
public abstract class Context {
    public android.content.res.AssetManager getAssets() { throw new UnsupportedOperationException(); }
    public java.io.File getNoBackupFilesDir() { throw new UnsupportedOperationException(); }
    public final String getString(int id) { throw new UnsupportedOperationException(); }
    public final String getString(int id, Object... arguments) { throw new UnsupportedOperationException(); }
}
