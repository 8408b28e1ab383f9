package com.example.digits

import com.google.ai.edge.litert.CompiledModel
import java.io.Closeable
import java.io.File

/** The model, run by LiteRT. */
class Classifier(model: File, shape: LongArray) : Closeable {
    private val model = CompiledModel.create(model.path, CompiledModel.Options.CPU)
    private val inputs = this.model.createInputBuffers()
    private val outputs = this.model.createOutputBuffers()
    private val size = shape.fold(1L, Long::times)

    /** Returns the probability of each label for one input. */
    fun classify(input: FloatArray): FloatArray {
        require(input.size.toLong() == size) { "The input has ${input.size} values" }
        inputs.single().writeFloat(input)
        model.run(inputs, outputs)
        return outputs.single().readFloat()
    }

    override fun close() {
        (inputs + outputs).forEach { it.close() }
        model.close()
    }
}
