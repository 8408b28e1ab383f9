package com.example.digits

import android.util.Log
import androidx.test.ext.junit.runners.AndroidJUnit4
import androidx.test.platform.app.InstrumentationRegistry
import java.io.File
import kotlin.math.abs
import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith

/** Runs on a device: gradle -p android connectedAndroidTest; the latency is in the log. */
@RunWith(AndroidJUnit4::class)
class GoldenTest {
    private val context = InstrumentationRegistry.getInstrumentation().targetContext
    private val folder = unpackModel(context)
    private val signature = Signature.read(folder)
    private val golden = JSONObject(File(folder, "golden.json").readText())
    private val inputs = golden.getJSONObject("inputs").getJSONArray("image")
    private val outputs = golden.getJSONObject("outputs").getJSONArray("probabilities")

    @Test
    fun reproducesTheTrainedModel() {
        val model = File(folder, signature.artifact)
        Classifier(model, signature.preprocessing.shape).use { classifier ->
            for (example in 0 until inputs.length()) {
                val actual = classifier.classify(floats(inputs.getJSONArray(example)))
                check(floats(outputs.getJSONArray(example)), actual)
            }
            Log.i("Golden", "median of 200 calls: ${latency(classifier)} ms")
        }
    }

    private fun check(expected: FloatArray, actual: FloatArray) {
        assertEquals(expected.size, actual.size)
        for ((label, want) in expected.withIndex()) {
            val allowed = signature.absoluteTolerance + signature.relativeTolerance * abs(want)
            assertEquals("label $label", want.toDouble(), actual[label].toDouble(), allowed)
        }
    }

    private fun latency(classifier: Classifier): Double {
        val input = floats(inputs.getJSONArray(0))
        val times = List(200) {
            val start = System.nanoTime()
            classifier.classify(input)
            (System.nanoTime() - start) / 1e6
        }
        return times.sorted()[times.size / 2]
    }

    /** Returns the numbers of nested arrays, in order. */
    private fun floats(array: JSONArray): FloatArray = FloatArray(0).let {
        (0 until array.length()).fold(it) { all, index ->
            val item = array.get(index)
            all + if (item is JSONArray) floats(item) else floatArrayOf((item as Number).toFloat())
        }
    }
}
