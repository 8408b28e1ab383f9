package com.example.digits

import java.io.Closeable
import java.io.File
import org.pytorch.IValue
import org.pytorch.LiteModuleLoader
import org.pytorch.Module
import org.pytorch.Tensor

/** The model, run by PyTorch Mobile's lite interpreter. */
class Classifier(model: File, private val shape: LongArray) : Closeable {
    private val module: Module = LiteModuleLoader.load(model.path)

    /** Returns the probability of each label for one input. */
    fun classify(input: FloatArray): FloatArray {
        val tensor = Tensor.fromBlob(input, shape)
        return module.forward(IValue.from(tensor)).toTensor().dataAsFloatArray
    }

    override fun close() = module.destroy()
}
