package com.example.digits

import android.app.Activity
import android.os.Bundle
import android.widget.Button
import android.widget.TextView
import java.io.File
import java.util.concurrent.Executors

/** The one screen: draw a digit, see how probable each label is. */
class MainActivity : Activity() {
    // Everything that concerns the model happens on this one thread, off the screen's.
    private val worker = Executors.newSingleThreadExecutor()
    private lateinit var signature: Signature
    private lateinit var classifier: Classifier

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.main)
        val drawing = findViewById<DrawingView>(R.id.drawing)
        drawing.onChange = { classify(drawing.picture()) }
        findViewById<Button>(R.id.wipe).setOnClickListener { drawing.wipe() }
        work { load() }
    }

    override fun onDestroy() {
        work { if (::classifier.isInitialized) classifier.close() }
        worker.shutdown()
        super.onDestroy()
    }

    private fun load() {
        val folder = unpackModel(this)
        signature = Signature.read(folder)
        val model = File(folder, signature.artifact)
        classifier = Classifier(model, signature.preprocessing.shape)
    }

    private fun classify(picture: IntArray?) {
        if (picture == null) {
            show(FloatArray(0), getString(R.string.draw))
            return
        }
        work {
            if (!::classifier.isInitialized) return@work // why not is on the screen
            val input = signature.preprocessing.toInput(picture, DrawingView.PICTURE)
            val start = System.nanoTime()
            val probabilities = classifier.classify(input)
            val milliseconds = (System.nanoTime() - start) / 1e6
            runOnUiThread { show(probabilities, getString(R.string.latency, milliseconds)) }
        }
    }

    private fun show(probabilities: FloatArray, words: String) {
        val labels = if (probabilities.isEmpty()) emptyList() else signature.labels
        findViewById<BarsView>(R.id.bars).show(labels, probabilities)
        findViewById<TextView>(R.id.status).text = words
    }

    private fun work(job: () -> Unit) = worker.execute {
        try {
            job()
        } catch (error: Exception) {
            fail(error)
        } catch (error: LinkageError) { // the runtime does not load on this device
            fail(error)
        }
    }

    private fun fail(error: Throwable) {
        val words = getString(R.string.failed, error.message ?: error.toString())
        runOnUiThread { show(FloatArray(0), words) }
    }
}
