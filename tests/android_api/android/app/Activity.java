package android.app;

/** The part of the public API that the generated apps use, to compile them against. */
public class Activity extends android.content.Context {
    protected void onCreate(android.os.Bundle state) { throw new UnsupportedOperationException(); }
    protected void onDestroy() { throw new UnsupportedOperationException(); }
    public void setContentView(int layout) { throw new UnsupportedOperationException(); }
    public <T extends android.view.View> T findViewById(int id) { throw new UnsupportedOperationException(); }
    public final void runOnUiThread(Runnable action) { throw new UnsupportedOperationException(); }
}
