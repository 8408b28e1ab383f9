package com.example.digits

import java.io.Closeable
import java.io.File
import org.pytorch.executorch.EValue
import org.pytorch.executorch.Module
import org.pytorch.executorch.Tensor

/** The model, run by ExecuTorch. */
class Classifier(model: File, private val shape: LongArray) : Closeable {
    private val module: Module = Module.load(model.path)

    /** Returns the probability of each label for one input. */
    fun classify(input: FloatArray): FloatArray {
        val tensor = Tensor.fromBlob(input, shape)
        return module.forward(EValue.from(tensor)).first().toTensor().dataAsFloatArray
    }

    override fun close() = module.destroy()
}
