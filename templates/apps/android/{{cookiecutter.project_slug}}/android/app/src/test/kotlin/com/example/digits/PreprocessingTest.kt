package com.example.digits

import org.json.JSONObject
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertThrows
import org.junit.Test

/** Runs on the computer: gradle -p android test */
class PreprocessingTest {
    private fun preprocessing(height: Int, width: Int, layout: String = "NHW") =
        Preprocessing(
            JSONObject()
                .put("height", height)
                .put("width", width)
                .put("layout", layout)
                .put("scale", 0.5)
        )

    @Test
    fun scalesEachPixel() {
        val input = preprocessing(2, 2).toInput(intArrayOf(0, 10, 20, 30), 2)
        assertArrayEquals(floatArrayOf(0f, 5f, 10f, 15f), input, 1e-6f)
    }

    @Test
    fun averagesWhatFallsTogether() {
        val input = preprocessing(1, 1).toInput(intArrayOf(0, 10, 20, 30), 2)
        assertArrayEquals(floatArrayOf(7.5f), input, 1e-6f)
    }

    @Test
    fun splitsPixelsBetweenNeighbours() {
        val input = preprocessing(1, 2).toInput(intArrayOf(0, 30, 60), 3)
        assertArrayEquals(floatArrayOf(5f, 25f), input, 1e-6f)
    }

    @Test
    fun ordersTheAxesAsTheSignatureSays() {
        assertArrayEquals(longArrayOf(1, 3, 4), preprocessing(3, 4).shape)
        assertArrayEquals(longArrayOf(1, 3, 4, 1), preprocessing(3, 4, "NHWC").shape)
        assertArrayEquals(longArrayOf(1, 1, 3, 4), preprocessing(3, 4, "NCHW").shape)
    }

    /** As crop in prepare.py. */
    @Test
    fun refusesLayoutsThatOrderThePixelsOtherwise() {
        assertThrows(IllegalArgumentException::class.java) { preprocessing(3, 4, "NWH") }
    }
}
